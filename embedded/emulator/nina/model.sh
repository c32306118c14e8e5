#!/bin/sh
# Runs the model on its own, from among Bazel's files of the binary.
exec node "$(dirname "$0")/nina/main.js" "$@"
