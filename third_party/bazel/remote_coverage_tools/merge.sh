#!/bin/sh
# `bazel coverage` is not set up in this workspace. Bazel 4 wants these tools to
# exist for every cc_test, and runs them only under `bazel coverage`.
echo "bazel coverage is not set up in this workspace" >&2
exit 1
