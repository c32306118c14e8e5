"""Debian's arm-none-eabi-gcc with newlib-nano as a C++ toolchain for one core."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)

_COMPILE = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
]

# Small code; every function where the linker can leave it out; paths that are the same on every machine. No
# exceptions, no run-time types, no unwind tables, no guards for threads that are not there.
_COMPILE_FLAGS = [
    "-Os",
    "-g",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-common",
    "-fno-asynchronous-unwind-tables",
    "-no-canonical-prefixes",
    "-fno-canonical-system-headers",
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
    "--specs=nano.specs",
]

_CXX_FLAGS = [
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-fno-use-cxa-atexit",
]

_LINK_FLAGS = [
    "--specs=nano.specs",
    "-nostartfiles",
    "-Wl,--gc-sections",
    "-Wl,--no-warn-rwx-segments",
]

def _set(actions, flags):
    return flag_set(actions = actions, flag_groups = [flag_group(flags = flags)])

def _impl(ctx):
    tools = {
        "ar": "ar",
        "cpp": "cpp",
        "gcc": "gcc",
        "gcov": "gcov",
        "ld": "ld",
        "nm": "nm",
        "objcopy": "objcopy",
        "objdump": "objdump",
        "strip": "strip",
    }
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = "arm-none-eabi-" + ctx.attr.core,
        host_system_name = "local",
        target_system_name = "arm-none-eabi",
        target_cpu = ctx.attr.core,
        target_libc = "newlib",
        compiler = "gcc",
        abi_version = "eabi",
        abi_libc_version = "newlib",
        cxx_builtin_include_directories = [
            "/usr/lib/gcc/arm-none-eabi",
            "/usr/lib/arm-none-eabi",
            "/usr/include/newlib",
        ],
        tool_paths = [tool_path(name = name, path = "/usr/bin/arm-none-eabi-" + tool) for name, tool in tools.items()],
        features = [
            feature(
                name = "default_flags",
                enabled = True,
                flag_sets = [
                    _set(_COMPILE, ctx.attr.flags + _COMPILE_FLAGS),
                    _set([ACTION_NAMES.cpp_compile], _CXX_FLAGS),
                    # Assertions with `-c dbg` only: their texts alone are kilobytes.
                    flag_set(
                        actions = _COMPILE,
                        flag_groups = [flag_group(flags = ["-DNDEBUG"])],
                        with_features = [with_feature_set(not_features = ["dbg"])],
                    ),
                    _set([ACTION_NAMES.cpp_link_executable], ctx.attr.flags + _LINK_FLAGS),
                ],
            ),
            feature(name = "dbg"),
            feature(
                name = "runtime_libraries",
                enabled = True,
                flag_sets = [_set([ACTION_NAMES.cpp_link_executable], ["-lstdc++", "-lm"])],
            ),
        ],
    )

arm_none_eabi_config = rule(
    implementation = _impl,
    attrs = {
        "core": attr.string(mandatory = True),
        "flags": attr.string_list(mandatory = True),
    },
    provides = [CcToolchainConfigInfo],
)
