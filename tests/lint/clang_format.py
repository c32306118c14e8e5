#!/usr/bin/env python3
"""Checks the format of all C and C++ files (.clang-format); with --fix, formats them.

    ./bazelw run //tests/lint:clang_format [-- --fix] [-- FILE ...]
"""

import difflib
import subprocess
import sys

import units

# Of one file's differences, enough to see what it is about.
SHOWN_LINES = 30


def formatted(name):
    command = ["clang-format-19", name]
    return subprocess.run(command, cwd=units.ROOT, stdout=subprocess.PIPE, check=True).stdout.decode()


def difference(name):
    """How a file would change, as a unified diff's lines."""
    now = (units.ROOT / name).read_text()
    lines = difflib.unified_diff(now.splitlines(), formatted(name).splitlines(), name, "formatted", n=0, lineterm="")
    return list(lines)


def main():
    units.tool("clang-format-19", "clang-format-19")
    fix = "--fix" in sys.argv
    files = [name for name in sys.argv[1:] if name != "--fix"] or units.tracked("*.cc", "*.h", "*.c")
    if fix and files:
        subprocess.run(["clang-format-19", "-i", "--", *files], cwd=units.ROOT, check=True)
        return
    wrong = 0
    for name, lines in zip(files, units.each(difference, files)):
        if lines:
            wrong += 1
            print("\n".join(lines[:SHOWN_LINES]), *["…"] * (len(lines) > SHOWN_LINES), sep="\n")
    print(f"{len(files)} files, {wrong} to format")
    if wrong:
        sys.exit("clang_format: to format them: ./bazelw run //tests/lint:clang_format -- --fix")


if __name__ == "__main__":
    main()
