#!/usr/bin/env python3
"""The CMake files of a port: its example configures with a stand-in for the SDK, compiles what Bazel compiles, and the
port's own files and the example's compile with the options that CMake gives them."""

import json
import os
import pathlib
import shlex
import subprocess
import sys

# What each build brings by itself: the backend for one context, and what is in the port's folder.
OTHERS = {"embedded/lwip/interface.cc", "embedded/lwip/loop.cc", "embedded/lwip/platform.cc"}
FOLDERS = ("net/", "embedded/lwip/")
PORT = ("embedded/ports/", "examples/tcp_echo_server.cc")


def main():
    example, sdk_variable, sdk, labels, lwip_opt_h = sys.argv[1:]
    root = pathlib.Path.cwd()
    build = pathlib.Path(os.environ["TEST_TMPDIR"]) / "build"
    environment = {
        **os.environ,
        sdk_variable: str(root / sdk),
        "LWIP_HEADERS": str((root / lwip_opt_h).parent.parent),
    }
    configure = ["cmake", "-G", "Unix Makefiles", "-S", example, "-B", build, "-DEDDY_WIFI_SSID=nowhere", "--no-warn-unused-cli"]
    subprocess.run(configure, env=environment, check=True, stdout=subprocess.DEVNULL)
    with open(build / "compile_commands.json", encoding="utf-8") as file:
        commands = {}
        for command in json.load(file):
            path = os.path.normpath(command["file"])
            commands.setdefault(os.path.relpath(path, root), []).append(command)

    of_cmake = {name for name in commands if name.startswith(FOLDERS)}
    with open(labels, encoding="utf-8") as file:
        names = [label.strip().lstrip("@/").replace(":", "/") for label in file if label.startswith("//")]
    of_bazel = {name for name in names if name.endswith(".cc") and name.startswith(FOLDERS)} - OTHERS
    of_bazel = {name for name in of_bazel if not name.startswith("embedded/lwip/threaded/")}
    if of_cmake != of_bazel:
        sys.exit(f"only CMake compiles {sorted(of_cmake - of_bazel)}, only Bazel {sorted(of_bazel - of_cmake)}")

    compiled = 0
    for name, variants in sorted(commands.items()):
        if not name.startswith(PORT):
            continue
        for command in variants:
            arguments = shlex.split(command["command"]) + ["-fsyntax-only"]
            subprocess.run(arguments, cwd=command["directory"], check=True)
            compiled += 1
    print(f"{len(commands)} files, {compiled} of them compiled")
    if compiled < 4:
        sys.exit("the port's own files are missing")


main()
