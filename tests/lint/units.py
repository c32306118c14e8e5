"""What the lints share: the translation units, running a tool over them, and remembering the clean ones."""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY") or pathlib.Path(__file__).resolve().parents[2])
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "eddy-lint"


def tool(name, package):
    """The version of a program that a lint runs; ends the lint with a hint where it is missing."""
    try:
        return subprocess.run([name, "--version"], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"lint: {name} is missing. Install it: apt-get install {package}")


def tracked(*patterns):
    """The files of this workspace under version control, or about to be, that match."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return sorted({name for name in listed.splitlines() if (ROOT / name).is_file()})


def compile_commands():
    """The compile commands of the workspace as it is now: a list of compile_commands.json's entries."""
    with tempfile.TemporaryDirectory() as directory:
        output = pathlib.Path(directory) / "compile_commands.json"
        script = ROOT / "tools" / "compile_commands.py"
        subprocess.run([sys.executable, str(script), "--output", str(output)], check=True, stdout=sys.stderr)
        return json.loads(output.read_text())


# What only GCC knows, and what the next function says for clang.
GCC_ONLY = ("--specs=", "-fno-canonical-system-headers")


@functools.lru_cache(maxsize=None)
def cross_headers(compiler, *options):
    """Where a cross compiler looks for the headers of C and C++, in its order; without its own, which clang has too."""
    command = [compiler, *options, "-E", "-v", "-x", "c++", os.devnull]
    told = subprocess.run(command, capture_output=True, check=True).stderr.decode()
    listed = told.partition("#include <...> search starts here:\n")[2].partition("End of search list")[0]
    found = [os.path.realpath(line.strip()) for line in listed.splitlines()]
    return [directory for directory in found if "/lib/gcc/arm-none-eabi/" not in directory + "/" or "/c++/" in directory]


def for_clang(entry):
    """The entry of a board's file as clang takes it: the same target, options and headers."""
    arguments = entry["arguments"]
    options = [word for word in arguments[1:] if word.startswith(("-mcpu=", "-mthumb", "-mfloat-abi=", "--specs="))]
    headers = cross_headers(shutil.which(os.path.basename(arguments[0]).replace("gcc", "g++")), *options)
    kept = [word for word in arguments[1:] if not word.startswith(GCC_ONLY)]
    own = ["clang-19", "--target=arm-none-eabi", "-nostdlibinc"]
    own += [word for directory in headers for word in ("-isystem", directory)]
    return {**entry, "arguments": own + kept}


def select(entries, names):
    """The entries of the C++ files, or of the named ones, as clang takes them."""
    for entry in entries:
        if names and entry["file"] not in names:
            continue
        if entry["file"].endswith(".cc"):
            yield for_clang(entry) if "arm-none-eabi" in entry["arguments"][0] else entry


def inputs(unit):
    """The files of this workspace that a unit reads."""
    return inputs_of(unit["file"], *unit["arguments"])


@functools.lru_cache(maxsize=None)
def inputs_of(file, *arguments):
    command = ["clang-19", *(word for word in arguments[1:] if word != "-c"), "-MM", "-w"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout.decode()
    return listed.replace("\\\n", " ").partition(": ")[2].split() or [file]


def digest(unit, salt):
    """Changes with whatever can change a lint's findings in a unit."""
    state = hashlib.sha256(salt)
    state.update("\0".join(unit["arguments"]).encode())
    for name in inputs(unit):
        state.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return state.hexdigest()


def each(function, values):
    """function(value) for every value, in order, on all processors."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(function, values)


def check_all(units, salt, check, join=lambda units: ()):
    """Prints the findings of check(unit) for every unit; returns the number of units with any.

    A unit without findings is remembered by the content of all that it reads and by `salt` (the tool's version and
    configuration), and is not checked again. `join` makes of the others pairs of a unit and those that are in it: what
    is clean together is clean, and only the rest is checked one by one.
    """
    units = list(units)
    marks = {unit["file"]: CACHE / mark for unit, mark in zip(units, each(lambda unit: digest(unit, salt), units))}
    CACHE.mkdir(parents=True, exist_ok=True)

    def waiting():
        return [unit for unit in units if not marks[unit["file"]].exists()]

    def check_one(unit, parts):
        findings = check(unit)
        for part in parts if not findings else ():
            marks[part["file"]].touch()
        return findings

    list(each(lambda joined: check_one(*joined), join(waiting())))
    bad = 0
    seen = set()
    for findings in each(lambda unit: check_one(unit, [unit]), waiting()):
        bad += bool(findings)
        # A header's finding comes with every unit that includes it.
        if findings and findings not in seen:
            seen.add(findings)
            print(findings, flush=True)
    print(f"{len(units)} translation units, {bad} with findings", flush=True)
    return bad
