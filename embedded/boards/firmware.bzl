"""firmware: a program built for a board, whatever the rest of the build is for."""

_SETTINGS = {
    "//command_line_option:platforms": "//embedded/boards:%s",
    "//command_line_option:platform_suffix": "-%s",
}

# Not for the board: the sanitizers' options and whatever else the command line has for the desktop's compiler.
_COPTS = ["-Wall", "-Wextra", "-Werror"]

def _transition_impl(settings, attr):
    result = {option: value % attr.board for option, value in _SETTINGS.items()}
    result["//command_line_option:copt"] = _COPTS
    result["//command_line_option:cxxopt"] = ["-std=c++20"]
    result["//command_line_option:linkopt"] = []
    result["//command_line_option:extra_toolchains"] = []
    result["//embedded:address"] = attr.address
    result["//embedded:diagnostics"] = attr.diagnostics
    return result

_for_board = transition(
    implementation = _transition_impl,
    inputs = [],
    outputs = _SETTINGS.keys() + [
        "//command_line_option:copt",
        "//command_line_option:cxxopt",
        "//command_line_option:linkopt",
        "//command_line_option:extra_toolchains",
        "//embedded:address",
        "//embedded:diagnostics",
    ],
)

def _firmware_impl(ctx):
    program = ctx.attr.program[0][DefaultInfo].files_to_run.executable
    elf = ctx.actions.declare_file(ctx.label.name + ".elf")
    ctx.actions.symlink(output = elf, target_file = program)
    return [DefaultInfo(files = depset([elf]), runfiles = ctx.runfiles([elf]))]

firmware = rule(
    implementation = _firmware_impl,
    attrs = {
        "program": attr.label(mandatory = True, cfg = _for_board, doc = "A cc_binary."),
        "board": attr.string(mandatory = True, doc = "A platform of //embedded/boards."),
        "diagnostics": attr.bool(default = True, doc = "Whether it can tell what its tasks do: //embedded:diagnostics."),
        "address": attr.string(doc = "A static address: embedded/address.py."),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = "NAME.elf, the program for that board.",
)
