#!/usr/bin/env python3
"""Runs clang-tidy (.clang-tidy) over the library and the examples, or over the files named: minutes, not an hour.

    ./bazelw run //tests/lint:clang_tidy [-- FILE ...]
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import joined
import units


def in_house(file):
    return file.startswith(("net/", "examples/", "embedded/")) and not file.startswith("net/guides/")


def in_our_files(findings):
    """Without the findings that lie in the system's headers, which the analyzer follows into."""
    blocks = re.split(r"(?m)^(?=\S+:\d+:\d+: (?:error|warning): )", findings)
    return "".join(block for block in blocks if not block.startswith("/usr/"))


def check(unit):
    command = ["clang-tidy-19", "--quiet", unit["file"], "--", *joined.options(unit)]
    done = subprocess.run(command, cwd=units.ROOT, capture_output=True, check=False)
    # Standard error has the count of suppressed warnings, and the reason where clang-tidy itself fails.
    if done.returncode == 0 and not done.stdout.strip():
        return ""
    if findings := done.stdout.decode().strip():
        return in_our_files(findings).strip()
    return done.stderr.decode()


def main():
    version = units.tool("clang-tidy-19", "clang-tidy-19")
    entries = [unit for unit in units.select(units.compile_commands(), sys.argv[1:])
               if sys.argv[1:] or in_house(unit["file"])]
    configurations = {name: (units.ROOT / name).read_bytes() for name in units.tracked("*.clang-tidy")}
    salt = b"tidy" + version + b"".join(configurations.values())

    with tempfile.TemporaryDirectory() as directory:
        # clang-tidy looks for them in the folders above a file.
        for name, text in configurations.items():
            copy = pathlib.Path(directory) / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(text)

        def join(waiting):
            return joined.joined(waiting, pathlib.Path(directory), 8)

        if units.check_all(entries, salt, check, join):
            sys.exit(1)


if __name__ == "__main__":
    main()
