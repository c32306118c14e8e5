"""A repository with packages of npm's.

npm fetches them from the registry that this machine is configured for, or takes them from its cache, and verifies them
by the hashes of the lock. No script of theirs is run.
"""

_OPTIONS = [
    "--ignore-scripts",
    "--no-bin-links",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    # Without a network it says so within seconds.
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
]

_BUILD = """filegroup(
    name = "node_modules",
    srcs = glob(["node_modules/**"]),
    visibility = ["//visibility:public"],
)
"""

def _npm_packages_impl(ctx):
    npm = ctx.which("npm")
    if not npm:
        fail("\n\n    npm is needed for the packages of %s.\n    Install it: apt-get install npm\n" % ctx.attr.lock)
    ctx.symlink(ctx.attr.package, "package.json")
    ctx.symlink(ctx.attr.lock, "package-lock.json")
    result = ctx.execute([npm, "ci"] + _OPTIONS)
    if result.return_code != 0:
        fail("\n\n    The packages of %s cannot be had:\n%s\n" % (ctx.attr.lock, result.stderr))
    ctx.file("BUILD", _BUILD, executable = False)

npm_packages = repository_rule(
    implementation = _npm_packages_impl,
    attrs = {
        "package": attr.label(mandatory = True, allow_single_file = True, doc = "package.json"),
        "lock": attr.label(mandatory = True, allow_single_file = True, doc = "package-lock.json"),
    },
)
