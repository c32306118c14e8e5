#!/usr/bin/env python3
"""coroutine_lint.py must report what testdata marks with `// lint: NAME`, on that line, and nothing else."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
MARK = re.compile(r"// lint: (.+)$")
FINDING = re.compile(r"^(\S+):(\d+):\d+: .* \[([a-z-]+)\]$")


def lint(*files):
    command = [sys.executable, str(HERE / "coroutine_lint.py"), "--standalone", *map(str, files)]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def expected(file):
    for number, line in enumerate(file.read_text().splitlines(), 1):
        mark = MARK.search(line)
        for name in mark[1].split(", ") if mark else []:
            yield (file.name, number, name)


def main():
    failures = []
    for file, should_fail in ((HERE / "testdata" / "wrong.cc", True), (HERE / "testdata" / "right.cc", False)):
        code, output = lint(file)
        wanted = set(expected(file))
        lines = map(FINDING.match, output.splitlines())
        found = {(pathlib.Path(line[1]).name, int(line[2]), line[3]) for line in lines if line}
        failures += [f"not reported: {each}" for each in sorted(wanted - found)]
        failures += [f"reported, but is right: {each}" for each in sorted(found - wanted)]
        if bool(code) != should_fail or bool(wanted) != should_fail:
            failures.append(f"{file.name}: exit status {code}, {len(wanted)} marks\n{output}")

    # A file that cannot be read as C++ must not pass for clean.
    code, output = lint(HERE / "testdata" / "broken.cc")
    if code == 0 or "failed" not in output:
        failures.append(f"broken.cc: exit status {code}\n{output}")

    print("\n".join(failures))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
