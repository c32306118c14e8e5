"""A repository for a library that the system provides.

The library is found by pkg-config (`modules`), or, where it ships no .pc file,
by its headers (`headers`). Nothing is downloaded; what is missing is named with
the Debian package that brings it.
"""

# Searched by every compiler by itself; passing it with -I would also move it in
# front of the C++ library's own directories and break #include_next.
_DEFAULT_INCLUDE_DIRS = ["/usr/include", "/usr/local/include"]

_BUILD = """load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "{name}",
    hdrs = glob({header_globs}, allow_empty = True),
    defines = {defines},
    includes = {includes},
    linkopts = {linkopts},
    textual_hdrs = ["version"],
    visibility = ["//visibility:public"],
)
"""

def _missing(ctx, what):
    fail("\n\n    %s is needed by a requested target, but %s.\n    Install it: apt-get install %s\n" %
         (ctx.name, what, ctx.attr.package))

def _pkg_config(ctx, arguments):
    tool = ctx.which("pkg-config")
    if not tool:
        fail("\n\n    pkg-config is not installed.\n    Install it: apt-get install pkg-config\n")
    result = ctx.execute([tool] + arguments + ctx.attr.modules)
    if result.return_code != 0:
        _missing(ctx, "pkg-config does not know " + " ".join(ctx.attr.modules))
    return [word for word in result.stdout.replace("\n", " ").split(" ") if word]

def _installed_version(ctx):
    dpkg = ctx.which("dpkg-query")
    if not dpkg:
        return "unknown"
    return ctx.execute([dpkg, "--show"] + ctx.attr.package.split(" ")).stdout

def _multiarch_dirs(ctx):
    """/usr/include/<triplet>, where Debian puts headers that differ by architecture."""
    return [str(d) for d in ctx.path("/usr/include").readdir() if d.basename.endswith("-linux-gnu")]

def _system_library_impl(ctx):
    defines = list(ctx.attr.defines)
    include_dirs = []
    linkopts = list(ctx.attr.linkopts)

    if ctx.attr.modules:
        for flag in _pkg_config(ctx, ["--cflags"]):
            if flag.startswith("-I"):
                include_dirs.append(flag[2:])
            elif flag.startswith("-D"):
                defines.append(flag[2:])
        linkopts += _pkg_config(ctx, ["--libs"])

    for header in ctx.attr.headers:
        dirs = _DEFAULT_INCLUDE_DIRS + _multiarch_dirs(ctx)
        if not [d for d in dirs if ctx.path(d + "/" + header).exists]:
            _missing(ctx, "<%s> was not found" % header)

    # Directories that the compiler does not search by itself become part of this
    # repository, so that the sandbox shows them.
    includes = []
    for d in include_dirs:
        if d in _DEFAULT_INCLUDE_DIRS:
            continue
        link = "include%d" % len(includes)
        ctx.symlink(d, link)
        includes.append(link)

    # So do folders that a cross compiler is to see too, which does not search the system's directories.
    for folder in ctx.attr.portable:
        ctx.symlink("/usr/include/" + folder, "portable/" + folder)
        includes = includes + ["portable"] if "portable" not in includes else includes

    # And folders with source that is compiled here.
    for name, folder in ctx.attr.folders.items():
        if not ctx.path(folder).exists:
            _missing(ctx, "%s was not found" % folder)
        ctx.symlink(folder, name)

    # Headers of the system are no inputs that Bazel sees. This file is one, and changes with them.
    ctx.file("version", _installed_version(ctx), executable = False)

    if ctx.attr.build_file:
        ctx.symlink(ctx.attr.build_file, "BUILD")
        return
    ctx.file("BUILD", _BUILD.format(
        name = ctx.name,
        defines = repr(defines),
        header_globs = repr([d + "/**" for d in includes]),
        includes = repr(includes),
        linkopts = repr(linkopts),
    ))

system_library = repository_rule(
    implementation = _system_library_impl,
    attrs = {
        "modules": attr.string_list(doc = "Names known to pkg-config."),
        "headers": attr.string_list(doc = "Headers that must be found, for a library without .pc file."),
        "package": attr.string(mandatory = True, doc = "The Debian package (or packages) to install."),
        "portable": attr.string_list(doc = "Folders of /usr/include that hold for every platform."),
        "folders": attr.string_dict(doc = "Folders of the system by the name that they get here."),
        "defines": attr.string_list(),
        "linkopts": attr.string_list(),
        "build_file": attr.label(doc = "Used instead of the generated BUILD file.", allow_single_file = True),
    },
    # Looked at anew by every server: the system may have changed meanwhile.
    local = True,
    configure = True,
    environ = ["PKG_CONFIG_PATH"],
)
