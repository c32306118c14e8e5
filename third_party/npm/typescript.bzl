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

def typescript(name, srcs, deps = [], visibility = None):
    """A module of JavaScript for each of TypeScript, beside it.

    Args:
      name: all the JavaScript.
      srcs: of this package.
      deps: other TypeScript that it imports, as sources.
      visibility: as usual.
    """
    native.genrule(
        name = name,
        srcs = srcs,
        outs = [each[:-len(".ts")] + ".js" for each in srcs],
        # Elsewhere than the sources are only their types wanted.
        cmd = "node external/npm/node_modules/typescript/lib/tsc.js %s --rootDir . --outDir $(@D)/out %s && " % (
            _OPTIONS,
            " ".join(["$(location %s)" % each for each in srcs]),
        ) + "mv $(@D)/out/%s/*.js $(@D)/ && rm -r $(@D)/out" % native.package_name(),
        message = "Compiling TypeScript",
        tools = ["@npm//:node_modules"] + deps,
        visibility = visibility,
    )
