"""A repository with the source of a Debian package.

apt fetches and verifies it from the mirrors that this machine is configured for. The list of sources and apt's state
are the repository's own, so that neither root nor a change of the machine's configuration is needed.
"""

_SCRIPT = """
set -eu
package=$1
version=$2
mkdir -p apt/lists/partial apt/cache/archives/partial
apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI) $(COMPONENT)' 'Created-By: Packages' | sort -u |
  while read -r origin release uri component; do
    [ "$origin" != Debian ] || echo "deb-src $uri $release $component"
  done >apt/sources.list
[ -s apt/sources.list ] || { echo "apt knows no Debian mirror (apt-get update?)" >&2; exit 1; }
set -- -qq -o Dir::Etc::SourceList="$PWD/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \\
  -o Dir::State::Lists="$PWD/apt/lists" -o Dir::Cache="$PWD/apt/cache" -o APT::Sandbox::User=root
apt-get "$@" update
apt-get "$@" source --download-only --only-source "$package"
dpkg-source --no-check -x "$package"_*.dsc source >/dev/null
case $(dpkg-parsechangelog -l source/debian/changelog -S Version) in
  "$version"*) ;;
  *) echo "the mirror has another version of $package than $version" >&2; exit 1 ;;
esac
rm -rf apt
"""

def _debian_source_impl(ctx):
    for tool in ["apt-get", "dpkg-source"]:
        if not ctx.which(tool):
            fail("\n\n    %s is needed for the source of %s.\n    Install it: apt-get install dpkg-dev\n" %
                 (tool, ctx.attr.package))
    result = ctx.execute(["/bin/sh", "-c", _SCRIPT, "sh", ctx.attr.package, ctx.attr.version])
    if result.return_code != 0:
        fail("\n\n    The source of Debian's package %s cannot be had:\n%s\n" % (ctx.attr.package, result.stderr))
    ctx.symlink(ctx.attr.build_file, "BUILD")

debian_source = repository_rule(
    implementation = _debian_source_impl,
    attrs = {
        "package": attr.string(mandatory = True, doc = "The source package."),
        "version": attr.string(mandatory = True, doc = "What its version begins with."),
        "build_file": attr.label(mandatory = True, allow_single_file = True),
    },
)
