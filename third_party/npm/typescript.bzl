"""Programs in TypeScript: checked by tsc with all that it can check, run by Debian's node (18)."""

_OPTIONS = " ".join([
    "--strict",
    "--noUncheckedIndexedAccess",
    "--noImplicitReturns",
    "--noImplicitOverride",
    "--noFallthroughCasesInSwitch",
    "--noUnusedLocals",
    "--noUnusedParameters",
    "--target es2022",
    "--module commonjs",
    "--moduleResolution node10",
    "--esModuleInterop",
    "--types node",
    "--typeRoots external/npm/node_modules/@types",
])

def _sources(label):
    return (label if ":" in label else "%s:%s" % (label, label.split("/")[-1])) + "_sources"

def typescript(name, srcs, deps = []):
    """A module of JavaScript for each of TypeScript, beside it, and those of `deps`.

    Args:
      name: all the JavaScript that is wanted to run it.
      srcs: of this package.
      deps: other `typescript`, whose modules it imports by their relative paths.
    """
    native.filegroup(
        name = name + "_sources",
        srcs = srcs + [_sources(each) for each in deps],
    )
    native.genrule(
        name = name + "_modules",
        srcs = srcs,
        outs = [each[:-len(".ts")] + ".js" for each in srcs],
        # Elsewhere than the sources are only their types wanted.
        cmd = "node external/npm/node_modules/typescript/lib/tsc.js %s --rootDir . --outDir $(@D)/out %s && " % (
            _OPTIONS,
            " ".join(["$(location %s)" % each for each in srcs]),
        ) + "mv $(@D)/out/%s/*.js $(@D)/ && rm -r $(@D)/out" % native.package_name(),
        message = "Compiling TypeScript",
        tools = ["@npm//:node_modules"] + [_sources(each) for each in deps],
    )
    native.filegroup(
        name = name,
        srcs = [":%s_modules" % name] + deps,
    )

def node_tests(srcs, deps):
    """A test for each module that has tests of node:test, named as it is.

    Args:
      srcs: the modules' TypeScript.
      deps: the `typescript` that they are of.
    """
    for each in srcs:
        name = each[:-len(".ts")]
        native.sh_test(
            name = name,
            size = "small",
            srcs = ["//third_party/npm:node_test.sh"],
            args = ["$(rootpath %s.js)" % name],
            data = [name + ".js"] + deps,
            tags = [
                "noasan",  # nothing of C++
                "nogcc",
            ],
        )
