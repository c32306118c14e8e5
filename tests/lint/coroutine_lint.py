#!/usr/bin/env python3
"""Finds the shapes of coroutine code that g++ 12 compiles wrongly without a word.

    ./bazelw run //tests/lint:coroutine_lint [-- FILE ...]      all translation units for the desktop
    coroutine_lint.py --standalone FILE ...                     files that include nothing of the workspace

The shapes are found in clang's syntax tree, so the code must compile with clang. Every finding has a short cure:
give the value a name in a statement of its own, `auto value = co_await …;`.
"""

import functools
import pathlib
import re
import subprocess
import sys
import tempfile

import joined
import units

# A co_await of the coroutine that the bound statement belongs to, not of a lambda inside the expression.
AWAIT = 'expr(anyOf(coawaitExpr(), dependentCoawaitExpr()), forCallable(equalsBoundNode("coroutine")))'
HAS_AWAIT = f"anyOf(ignoringParenImpCasts({AWAIT}), hasDescendant({AWAIT}))"
CLASS = "hasType(hasUnqualifiedDesugaredType(recordType()))"

# Name → (what is wrong, matchers). A matcher is FAMILY(…) and is completed in shape_findings.
SHAPES = {
    "await-in-condition": (
        "co_await in a condition: g++ 12 never runs such a body if it declares nothing",
        [f"{statement}(hasCondition({HAS_AWAIT}))" for statement in
         ("ifStmt", "whileStmt", "doStmt", "forStmt", "switchStmt")],
    ),
    "await-with-temporary": (
        "co_await beside a temporary closure or aggregate that owns something: g++ 12 destroys it twice",
        [f"exprWithCleanups(hasDescendant({AWAIT}), "
         "hasDescendant(cxxBindTemporaryExpr(anyOf(has(initListExpr()), has(lambdaExpr())))))"],
    ),
    "await-in-aggregate": (
        "co_await inside the braces of an aggregate: g++ 12 destroys its members twice",
        [f"initListExpr({CLASS}, hasDescendant({AWAIT}))"],
    ),
    "await-in-choice": (
        "co_await in a branch of ?: that gives an object: g++ 12 destroys it twice",
        [f"conditionalOperator({CLASS}, hasDescendant({AWAIT}))"],
    ),
}

FOUND = re.compile(r'^(?P<place>[^\s:][^:]*:\d+:\d+): note: "root" binds here$')


def query(unit):
    """What clang-query says to all the matchers, split by shape; or the reason of a failure."""
    command = ["clang-query-19", "-c", "set output diag", "-c", "set bind-root true"]
    names = []
    for name, (_, matchers) in SHAPES.items():
        for matcher in matchers:
            family, _, rest = matcher.partition("(")
            common = 'unless(isExpansionInSystemHeader()), forCallable(decl().bind("coroutine"))'
            command += ["-c", f"match {family}({common}, {rest}"]
            names.append(name)
    command += [unit["file"], "--", *joined.options(unit)]
    done = subprocess.run(command, cwd=units.ROOT, capture_output=True, check=False)
    output = done.stdout.decode()
    # clang-query ends with 0 whatever happens: what it has not read or understood must not pass for clean.
    parts = re.split(r"^\d+ match(?:es)?\.$", output, flags=re.MULTILINE)
    problems = [line for line in done.stderr.decode().splitlines() if "error:" in line or "Error" in line]
    if len(parts) != len(names) + 1 or problems or done.returncode != 0:
        return None, "\n".join([f"{unit['file']}: clang-query failed", *problems, parts[-1].strip()])
    return list(zip(names, parts)), ""


# What is no code, of a line.
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|//.*')


@functools.lru_cache(maxsize=None)
def awaits(file):
    lines = (units.ROOT / file).read_text().splitlines()
    return any("co_await" in line and "co_await" in TEXT.sub("", line) for line in lines)


def findings_of(unit):
    answers, failure = query(unit)
    if failure:
        return failure
    findings = {}
    for name, answer in answers:
        lines = answer.splitlines()
        for number, line in enumerate(lines):
            found = FOUND.match(line)
            if found:
                # What a coroutine returns is in the tree twice.
                heading = f"{found['place']}: {SHAPES[name][0]} [{name}]"
                findings[heading] = "\n".join([heading, *lines[number + 1:number + 3]])
    return "\n".join(findings.values())


def standalone(names):
    return [{"directory": str(pathlib.Path.cwd()), "file": name,
             "arguments": ["clang-19", "-std=c++20", "-c", name]} for name in names]


def main():
    version = units.tool("clang-query-19", "clang-tools-19")
    alone = sys.argv[1:2] == ["--standalone"]
    if alone:
        units.ROOT = pathlib.Path.cwd()
        entries = standalone(sys.argv[2:])
    else:
        entries = list(units.select(units.compile_commands(), sys.argv[1:]))

    # Half of the units await nothing, and every shape is one of a co_await.
    def check(unit):
        return findings_of(unit) if any(map(awaits, units.inputs(unit))) else ""

    if alone:
        found = [check(unit) for unit in entries]
        print("\n".join(found).strip())
        bad = any(found)
    else:
        with tempfile.TemporaryDirectory() as directory:
            def join(waiting):
                # More of the tests than that seldom compile together.
                having = [unit for unit in waiting if any(map(awaits, units.inputs(unit)))]
                return joined.joined(having, pathlib.Path(directory), 4)

            bad = units.check_all(entries, version + pathlib.Path(__file__).read_bytes(), check, join)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
