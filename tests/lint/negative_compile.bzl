"""Tests that some code does not compile, and that the compiler says why.

    negative_compile_test(
        name = "spawn_closure_test",
        src = "spawn_closure.cc",            # wrong on purpose
        message = "spawn.*has captures",     # an extended regular expression; one line of the output must match
        deps = ["//net/core"],
    )

The file is compiled as the toolchain compiles every other, with the same options. The test fails when that
succeeds, and when it fails for another reason than the one expected.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _compiler_name(toolchain):
    return "clang" if "clang" in toolchain.compiler else "gcc"

def _compile(ctx, toolchain, log):
    """Compiles src into nothing; the log has the exit status and what the compiler said."""
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    context = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps]).compilation_context
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        source_file = ctx.file.src.path,
        output_file = "/dev/null",
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts,
        # The workspace's own directory is in no context without deps.
        quote_include_directories = depset([".", ctx.bin_dir.path], transitive = [context.quote_includes]),
        include_directories = context.includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = depset(transitive = [context.defines, context.local_defines]),
    )
    command = [cc_common.get_tool_for_action(
        feature_configuration = features,
        action_name = CPP_COMPILE_ACTION_NAME,
    )] + cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = CPP_COMPILE_ACTION_NAME,
        variables = variables,
    )
    ctx.actions.run_shell(
        mnemonic = "NegativeCompile",
        progress_message = "Compiling %s, which must fail" % ctx.file.src.short_path,
        inputs = depset([ctx.file.src] + ctx.files.data, transitive = [context.headers, toolchain.all_files]),
        outputs = [log],
        arguments = [log.path] + command,
        # Coloured output would put escape sequences into the middle of a message.
        command = """log=$1; shift
LC_ALL=C "$@" -fdiagnostics-color=never >"$log.output" 2>&1
{ echo "exit status $?"; cat "$log.output"; } >"$log"
""",
        env = cc_common.get_environment_variables(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
            variables = variables,
        ),
    )

def _negative_compile_test_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    log = ctx.actions.declare_file(ctx.label.name + ".log")
    if _compiler_name(toolchain) in ctx.attr.compilers:
        _compile(ctx, toolchain, log)
    else:
        ctx.actions.write(log, "not for this compiler\n")
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        script,
        "#!/bin/sh\nexec '%s' '%s' '%s'\n" % (
            ctx.file._check.short_path,
            log.short_path,
            ctx.attr.message.replace("'", "'\\''"),
        ),
        is_executable = True,
    )
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles([log, ctx.file._check]))]

_negative_compile_test = rule(
    implementation = _negative_compile_test_impl,
    test = True,
    attrs = {
        "src": attr.label(mandatory = True, allow_single_file = [".cc"]),
        "message": attr.string(mandatory = True),
        "deps": attr.label_list(providers = [CcInfo]),
        "data": attr.label_list(allow_files = True, doc = "Other files that src includes."),
        "compilers": attr.string_list(),
        "_check": attr.label(default = "//tests/lint:negative_compile_check.sh", allow_single_file = True),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
    incompatible_use_toolchain_transition = True,
)

def negative_compile_test(name, src, message, deps = [], compilers = ["clang", "gcc"], **kwargs):
    """See the top of this file.

    Args:
      name: name of the test.
      src: a .cc file that must not compile.
      message: an extended regular expression; some line of the compiler's output must match it.
      deps: libraries whose headers src includes.
      compilers: the compilers that see the error, of "clang" and "gcc"; with another one the test passes.
      **kwargs: as for every test.
    """
    _negative_compile_test(
        name = name,
        src = src,
        message = message,
        deps = deps,
        compilers = compilers,
        size = kwargs.pop("size", "small"),
        # The compiler's front end is the same, and nothing runs.
        tags = kwargs.pop("tags", []) + ["noasan"],
        **kwargs
    )
