"""library_files: every file that a library and those that it depends on are compiled from."""

_Files = provider(fields = ["all"])

def _collect_impl(target, ctx):
    own = [
        each.files
        for attribute in ["srcs", "hdrs", "textual_hdrs"]
        for each in getattr(ctx.rule.attr, attribute, [])
    ]
    others = [each[_Files].all for each in getattr(ctx.rule.attr, "deps", []) if _Files in each]
    return [_Files(all = depset(transitive = own + others))]

_collect = aspect(
    implementation = _collect_impl,
    attr_aspects = ["deps"],
)

def _library_files_impl(ctx):
    files = depset(transitive = [each[_Files].all for each in ctx.attr.libraries])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

library_files = rule(
    implementation = _library_files_impl,
    attrs = {"libraries": attr.label_list(aspects = [_collect], mandatory = True)},
)
