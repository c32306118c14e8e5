"""Several translation units as one: the headers, which take most of a lint's time, are read once for all of them.

What is clean together is clean; where it is not, or does not compile together, a lint looks at each by itself.
"""

import itertools
import re

import units

INCLUDE = re.compile(r"\s*#\s*include\b")
# What a program has once.
ENTRY = re.compile(r"^(int main|extern \"C\" int LLVMFuzzerTestOneInput)\(", re.MULTILINE)


def options(unit):
    """How a unit is compiled, without the compiler and the file."""
    return [word for word in unit["arguments"][1:] if word not in ("-c", unit["file"])]


def pasted(parts):
    """The text of the units' files as one file. What one of them has included, those after it do not."""
    included = set()
    text = []
    for part in parts:
        own = set()
        for line in (units.ROOT / part["file"]).read_text().splitlines():
            # One that includes something twice still does.
            again = INCLUDE.match(line) and line in included and line not in own
            if INCLUDE.match(line):
                own.add(line)
            if not again:
                text.append(line)
        included |= own
    return "\n".join(text) + "\n"


def joined(entries, directory, together):
    """Units in `directory`, each of some that are in one folder, compiled alike and without a `main`; and those some."""
    def kind(unit):
        return unit["file"].rpartition("/")[0], options(unit)

    parts_of_programs = [unit for unit in entries if not ENTRY.search((units.ROOT / unit["file"]).read_text())]
    for _, alike in itertools.groupby(sorted(parts_of_programs, key=kind), kind):
        alike = list(alike)
        for begin in range(0, len(alike), together):
            parts = alike[begin:begin + together]
            if len(parts) > 1:
                file = directory / parts[0]["file"]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(pasted(parts))
                command = ["clang-19", *options(parts[0]), "-c", str(file)]
                yield {**parts[0], "file": str(file), "arguments": command}, parts
