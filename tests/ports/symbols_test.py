#!/usr/bin/env python3
"""A port's README lists each function of the SDK that the port calls, and no other.

That none is missing the linker tells: with the port go the list's names, as empty functions, and nothing else of the SDK
(BUILD). Here: that each is called."""

import re
import sys


def main():
    readme, symbols = sys.argv[1:]
    with open(readme, encoding="utf-8") as file:
        listed = set(re.findall(r"^- `(\w+)`$", file.read(), re.MULTILINE))
    with open(symbols, encoding="utf-8") as file:
        called = {line.split()[-1] for line in file if line.strip().startswith("U ")}
    print(f"{len(listed)} listed")
    if not listed or listed - called:
        sys.exit(f"{readme} lists what the port does not call: {sorted(listed - called)}")


main()
