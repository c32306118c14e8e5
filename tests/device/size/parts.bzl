"""program_parts: what a program for a board is linked from."""

load("//embedded/boards:firmware.bzl", "for_board")

_Parts = provider(doc = "What is linked into a program.", fields = {
    "libraries": "a depset of LinkerInput",
    "own": "a depset of the program's own object files",
})

def _collect_impl(target, ctx):
    infos = [each[CcInfo] for each in getattr(ctx.rule.attr, "deps", []) if CcInfo in each]
    return [_Parts(
        libraries = cc_common.merge_cc_infos(cc_infos = infos).linking_context.linker_inputs,
        own = target[OutputGroupInfo].compilation_outputs,
    )]

_collect = aspect(implementation = _collect_impl)

def _program_parts_impl(ctx):
    parts = ctx.attr.program[0][_Parts]
    found = [(ctx.attr.program[0].label, each) for each in parts.own.to_list()]
    for library in parts.libraries.to_list():
        archives = [each.static_library or each.pic_static_library for each in library.libraries]
        found += [(library.owner, each) for each in archives if each != None]
    lines = []
    files = []
    for label, file in found:
        # By names of this program's: another board's are called the same.
        part = ctx.actions.declare_file("%s.%d" % (ctx.label.name, len(files)))
        ctx.actions.symlink(output = part, target_file = file)
        files.append(part)
        lines.append("%s %s\n" % (label, part.short_path))
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(out, "".join(lines))
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out] + files))]

program_parts = rule(
    implementation = _program_parts_impl,
    attrs = {
        "program": attr.label(mandatory = True, cfg = for_board, aspects = [_collect], doc = "A cc_binary."),
        "board": attr.string(mandatory = True, doc = "A platform of //embedded/boards."),
        "diagnostics": attr.bool(default = True, doc = "//embedded:diagnostics."),
        "address": attr.string(doc = "//embedded:address."),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = "A line for each object file and archive of the program: the target that it is of, and its path.",
)
