"""A C++ toolchain for this computer from one named compiler.

Bazel configures one host toolchain, from $CC; changing $CC configures it anew and
rebuilds everything. Here each compiler has a repository of its own, so that they
coexist and `--config=gcc` only chooses another one.
"""

load("@bazel_tools//tools/cpp:lib_cc_configure.bzl", "get_cpu_value")
load("@bazel_tools//tools/cpp:unix_cc_configure.bzl", "configure_unix_toolchain")

_CC_NAME = """
# The same name on every processor.
alias(
    name = "cc",
    actual = ":cc-compiler-{cpu}",
)
"""

def _missing(ctx, tool):
    fail("\n\n    %s is not installed.\n    Install it: apt-get install %s\n" % (tool, ctx.attr.package))

def _use_linker(build, linker):
    """Puts the wanted linker in the place of the one that Bazel found (gold, where there is one)."""
    before, found, after = build.partition("\"-fuse-ld=")
    if found:
        return before + found + linker + after[after.index("\""):]
    return build.replace("link_flags = [", "link_flags = [\"-fuse-ld=%s\", " % linker, 1)

def _host_cc_impl(ctx):
    compiler = ctx.which(ctx.attr.compiler)
    if not compiler:
        _missing(ctx, ctx.attr.compiler)
    cpu = get_cpu_value(ctx)
    configure_unix_toolchain(ctx, cpu, {"gcc": str(compiler)})
    build = ctx.read("BUILD")
    if ctx.attr.linker:
        if not ctx.path(ctx.attr.linker).exists:
            _missing(ctx, ctx.attr.linker)
        build = _use_linker(build, ctx.attr.linker)

    # An input of every compilation and link: an upgraded compiler makes no use of what the old one left in a cache.
    inputs = "builtin_include_directory_paths"
    version = ctx.execute([compiler, "--version"]).stdout
    ctx.file(inputs, ctx.read(inputs) + version, executable = False)
    ctx.file("BUILD", build + _CC_NAME.format(cpu = cpu), executable = False)

host_cc = repository_rule(
    implementation = _host_cc_impl,
    attrs = {
        "compiler": attr.string(mandatory = True, doc = "A program on the PATH."),
        "linker": attr.string(doc = "The linker's path, where it is not to be the one that Bazel chooses."),
        "package": attr.string(mandatory = True, doc = "The Debian package that brings it."),
    },
    local = True,
    configure = True,
    environ = ["PATH"],
)
