"""Whether firmware can tell people what its tasks do."""

def _diagnostics_setting_impl(_ctx):
    return []

diagnostics_setting = rule(
    implementation = _diagnostics_setting_impl,
    build_setting = config.bool(flag = True),
    doc = "A setting of the command line: net/core/diagnostics.h.",
)
