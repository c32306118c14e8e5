#!/usr/bin/env python3
"""Runs clang-tidy (.clang-tidy) over the library and the examples, or over the files named: minutes, not an hour.

    ./bazelw run //tests/lint:clang_tidy [-- FILE ...]
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import units


def in_house(file):
    return file.startswith(("net/", "examples/", "embedded/")) and not file.startswith("net/guides/")


def in_our_files(findings):
    """Without the findings that lie in the system's headers, which the analyzer follows into."""
    blocks = re.split(r"(?m)^(?=\S+:\d+:\d+: (?:error|warning): )", findings)
    return "".join(block for block in blocks if not block.startswith("/usr/"))


def main():
    version = units.tool("clang-tidy-19", "clang-tidy-19")
    entries = [unit for unit in units.select(units.compile_commands(), sys.argv[1:])
               if sys.argv[1:] or in_house(unit["file"])]
    configuration = b"".join((units.ROOT / name).read_bytes() for name in units.tracked("*.clang-tidy"))

    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / "compile_commands.json").write_text(json.dumps(entries))

        def check(unit):
            command = ["clang-tidy-19", "--quiet", "-p", directory, unit["file"]]
            done = subprocess.run(command, cwd=units.ROOT, capture_output=True, check=False)
            # Standard error has the count of suppressed warnings, and the reason where clang-tidy itself fails.
            if done.returncode == 0 and not done.stdout.strip():
                return ""
            if findings := done.stdout.decode().strip():
                return in_our_files(findings).strip()
            return done.stderr.decode()

        if units.check_all(entries, b"tidy" + version + configuration, check):
            sys.exit(1)


if __name__ == "__main__":
    main()
