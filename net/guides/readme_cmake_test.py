#!/usr/bin/env python3
"""The CMake program of the front page configures, and compiles every file of the library that Bazel compiles."""

import json
import os
import pathlib
import re
import subprocess
import sys

FOLDER = "${CMAKE_SOURCE_DIR}/../eddy"


def main():
    root = pathlib.Path.cwd()
    shown = re.findall(r"^```cmake\n(.*?)^```", (root / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    if len(shown) != 1 or shown[0].count(FOLDER) != 1:
        sys.exit("README.md shows another program than this test knows")
    program = pathlib.Path(os.environ["TEST_TMPDIR"]) / "program"
    program.mkdir()
    (program / "CMakeLists.txt").write_text(shown[0].replace(FOLDER, str(root)))
    (program / "server.cc").touch()
    configure = ["cmake", "-G", "Unix Makefiles", "-S", program, "-B", program / "build", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"]
    subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
    commands = json.loads((program / "build" / "compile_commands.json").read_text())
    of_cmake = {os.path.relpath(os.path.normpath(command["file"]), root) for command in commands}
    of_bazel = {str(path.relative_to(root)) for path in (root / "net").rglob("*.cc")}
    print(f"{len(of_bazel)} files")
    if len(of_bazel) < 30 or of_bazel - of_cmake:
        sys.exit(f"CMake does not compile {sorted(of_bazel - of_cmake)}")


main()
