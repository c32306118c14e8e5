#!/usr/bin/env python3
"""Every ```cpp block in the texts is code that the tests compile and run, and every relative link leads somewhere.

A block equals either a region of a file in net/guides/snippets or of tests/sim/readme_test.cc, from `// [name]` to
`// [/name]`, or a whole file: one of those, examples/readme_echo_server.cc or examples/http_hello.cc. Regions of snippets/wrong do not compile, and tests check that too.

    snippets_test.py [ROOT]        the workspace; else the one that this file lies in
"""

import pathlib
import re
import sys

WHOLE_FILES = ["examples/http_hello.cc", "examples/readme_echo_server.cc"]
ELSEWHERE = ["tests/sim/readme_test.cc"]
SNIPPETS = "net/guides/snippets"
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w+-]*)\s*$")
BEGIN = re.compile(r"^\s*// \[(?P<name>[\w-]+)\]$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?(?P<target>[^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(?P<reference>\S+)")
CODE = re.compile(r"`[^`]*`")


def texts(root):
    """The workspace's .md files; not Bazel's links to its output, nor what is hidden."""
    for path in sorted(root.rglob("*.md")):
        parts = path.relative_to(root).parts
        if not any(part.startswith((".", "bazel-")) for part in parts):
            yield path


def regions(root):
    """Region or file → where it is."""
    found = {}
    for path in [root / name for name in WHOLE_FILES + ELSEWHERE] + sorted((root / SNIPPETS).rglob("*.cc")):
        content = path.read_text()
        found[content.strip("\n")] = str(path.relative_to(root))
        lines = content.splitlines()
        for number, line in enumerate(lines):
            begin = BEGIN.match(line)
            if begin:
                end = f"// [/{begin['name']}]"
                inside = [each.strip() for each in lines].index(end, number)
                found["\n".join(lines[number + 1:inside])] = f"{path.relative_to(root)} [{begin['name']}]"
    return found


def scan(path):
    """The fenced blocks, (line, language, content), and the other lines, (line, content)."""
    blocks, others, inside = [], [], None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if inside is not None:
            if fence:
                blocks.append((inside[0], inside[1], "\n".join(inside[3])))
                inside = None
            else:
                inside[3].append(line[len(inside[2]):])
        elif fence:
            inside = (number, fence["language"], fence["indent"], [])
        else:
            others.append((number, line))
    if inside is not None:
        blocks.append((inside[0], "unclosed", ""))
    return blocks, others


def problems(root):
    known = regions(root)
    used = set()
    for path in texts(root):
        name = path.relative_to(root)
        blocks, others = scan(path)
        for line, language, content in blocks:
            if language == "unclosed":
                yield f"{name}:{line}: the block has no end"
            if language in ("python", "py"):
                try:
                    compile(content, str(name), "exec")
                except SyntaxError as error:
                    yield f"{name}:{line}: {error}"
            if language in ("cpp", "c++", "cc", "cxx"):
                if content in known:
                    used.add(known[content])
                else:
                    yield f"{name}:{line}: no snippet equals this block:\n{content}\n"
        for line, content in others:
            for link in LINK.finditer(CODE.sub("", content)):
                target = (link["target"] or link["reference"]).partition("#")[0]
                if target and "://" not in target and not target.startswith("mailto:"):
                    if not (path.parent / target).exists():
                        yield f"{name}:{line}: {target} does not exist"
    for place in sorted(set(known.values()) - used):
        if "[" in place or place in WHOLE_FILES:
            yield f"{place}: no text shows it"


def main():
    here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
    if not (here / "WORKSPACE").is_file():
        sys.exit(f"{here} is not the workspace")
    found = list(problems(here))
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
