"""Settings of the command line that are text, and firmware's code of them: README.md."""

_Setting = provider(fields = ["text"])

def _text_setting_impl(ctx):
    return [_Setting(text = ctx.build_setting_value)]

text_setting = rule(
    implementation = _text_setting_impl,
    build_setting = config.string(flag = True),
    doc = "A setting of the command line.",
)

def _setting_source_impl(ctx):
    texts = [setting[_Setting].text for setting in ctx.attr.settings]
    ctx.actions.run(
        executable = ctx.executable.tool,
        arguments = texts + [ctx.outputs.out.path] + ctx.attr.options,
        outputs = [ctx.outputs.out],
        mnemonic = "Setting",
        progress_message = "Reading %s" % ctx.label,
        use_default_shell_env = True,
    )

setting_source = rule(
    implementation = _setting_source_impl,
    attrs = {
        "settings": attr.label_list(providers = [_Setting]),
        "options": attr.string_list(doc = "For the tool, behind the file."),
        "out": attr.output(mandatory = True),
        "tool": attr.label(executable = True, cfg = "host", doc = "Called with the texts and the file to write."),
    },
    doc = "The settings as C++.",
)
