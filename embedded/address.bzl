"""The address that firmware is built with: README.md."""

_Setting = provider(fields = ["text"])

def _address_setting_impl(ctx):
    return [_Setting(text = ctx.build_setting_value)]

address_setting = rule(
    implementation = _address_setting_impl,
    build_setting = config.string(flag = True),
    doc = "A setting of the command line. Empty: by DHCP.",
)

def _address_source_impl(ctx):
    text = ctx.attr.setting[_Setting].text
    ctx.actions.run(
        executable = ctx.executable._tool,
        arguments = [text, ctx.outputs.out.path],
        outputs = [ctx.outputs.out],
        mnemonic = "Address",
        progress_message = "Reading the board's address %s" % text,
        use_default_shell_env = True,
    )

address_source = rule(
    implementation = _address_source_impl,
    attrs = {
        "setting": attr.label(providers = [_Setting]),
        "out": attr.output(mandatory = True),
        "_tool": attr.label(default = "//embedded:address_tool", executable = True, cfg = "host"),
    },
    doc = "The setting's bytes as C++.",
)
