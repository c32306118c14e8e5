"""firmware: a program built for a board, whatever the rest of the build is for."""

_SETTINGS = {
    "//command_line_option:platforms": "//embedded/boards:%s",
    "//command_line_option:platform_suffix": "-%s",
}

# In place of what the command line has for the desktop's compiler, the sanitizers' options among it: firmware is the
# same in every configuration, and is built once for all of them. Bazel names its output folder after the options whose
# values a transition changed. So each list has a word of the toolchain's own first, with which it always is a change.
_OPTIONS = {
    "//command_line_option:copt": ["-fno-common", "-Wall", "-Wextra", "-Werror"],
    "//command_line_option:cxxopt": ["-fno-exceptions", "-std=c++20"],
    "//command_line_option:extra_toolchains": ["//embedded/toolchain:all"],
    "//command_line_option:linkopt": ["-nostartfiles"],
}

def _transition_impl(settings, attr):
    result = {option: value % attr.board for option, value in _SETTINGS.items()}
    result.update(_OPTIONS)
    result["//embedded:address"] = attr.address
    result["//embedded:diagnostics"] = attr.diagnostics
    return result

for_board = transition(
    implementation = _transition_impl,
    inputs = [],
    outputs = _SETTINGS.keys() + _OPTIONS.keys() + [
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
        "program": attr.label(mandatory = True, cfg = for_board, doc = "A cc_binary."),
        "board": attr.string(mandatory = True, doc = "A platform of //embedded/boards."),
        "diagnostics": attr.bool(default = True, doc = "Whether it can tell what its tasks do: //embedded:diagnostics."),
        "address": attr.string(doc = "A static address: embedded/address.py."),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = "NAME.elf, the program for that board.",
)
