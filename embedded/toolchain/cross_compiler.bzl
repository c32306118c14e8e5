"""What Bazel is to know of a cross compiler that the system has installed: which one it is."""

def _cross_compiler_impl(ctx):
    compiler = ctx.which(ctx.attr.prefix + "g++")
    if not compiler:
        fail("\n\n    %sg++ is not installed.\n    Install it: apt-get install %s\n" % (
            ctx.attr.prefix,
            " ".join(ctx.attr.packages),
        ))
    linker = str(compiler)[:-len("g++")] + "ld"
    ctx.file("probe.cc", "#include <_newlib_version.h>\nlibrary _NEWLIB_VERSION\n", executable = False)
    versions = [
        ctx.execute(command).stdout
        for command in [
            [compiler, "--version"],
            [linker, "--version"],
            [compiler, "-E", "-P", "probe.cc"],
            # Revisions of the same version, where the system has packages.
            ["sh", "-c", "dpkg-query --show " + " ".join(ctx.attr.packages)],
        ]
    ]
    ctx.file("version", "\n".join(versions), executable = False)
    ctx.file("BUILD", "exports_files([\"version\"])\n", executable = False)

cross_compiler = repository_rule(
    implementation = _cross_compiler_impl,
    attrs = {
        "packages": attr.string_list(mandatory = True, doc = "The Debian packages that bring it and its libraries."),
        "prefix": attr.string(mandatory = True, doc = "Before the names of its programs."),
    },
    local = True,
    configure = True,
    environ = ["PATH"],
    doc = "`version`, an input of every compilation and link: an upgraded compiler, or an upgraded library of its, makes no use of what the old one left in a cache.",
)
