#!/usr/bin/env python3
"""Writes compile_commands.json: how Bazel compiles each of this workspace's own source files.

    ./bazelw run //:compile_commands [-- --output FILE] [-- OPTION_OF_BAZEL ...]

Bazel's analysis is asked (aquery), nothing is built. `bazel run` has given its lock back by the time this runs.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("BUILD_WORKSPACE_DIRECTORY") or pathlib.Path(__file__).resolve().parents[1])

# Of no use to a tool that only reads the source; dependency files would even be written into the source tree.
DROPPED = {"-MD": 0, "-MF": 1, "-o": 1}


def bazel(*arguments):
    """The standard output of a Bazel command, and whether the command succeeded."""
    command = [str(ROOT / "bazelw"), *arguments]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    return done.stdout.decode(), done.returncode == 0


def directories():
    """Where the relative directories of a compile command are: {prefix: absolute path}."""
    answer, _ = bazel("info", "--ui_event_filters=-info", "--noshow_progress", "output_base", "output_path")
    info = dict(line.split(": ", 1) for line in answer.splitlines() if ": " in line)
    return {"external/": info["output_base"] + "/external/", "bazel-out/": info["output_path"] + "/"}


def absolute(argument, places):
    for flag in ("", "-I", "-iquote", "-isystem"):
        for prefix, place in places.items():
            if argument.startswith(flag + prefix):
                return flag + place + argument[len(flag + prefix):]
    return argument


def entry(arguments, places):
    """The entry for one compile command; None for a source that is not in this workspace."""
    source = arguments[arguments.index("-c") + 1]
    if source.startswith(("external/", "bazel-out/")) or not (ROOT / source).exists():
        return None
    kept = []
    words = iter(arguments)
    for word in words:
        if word in DROPPED:
            for _ in range(DROPPED[word]):
                next(words)
        elif not word.startswith("-frandom-seed="):
            kept.append(absolute(word, places))
    return {"directory": str(ROOT), "file": source, "arguments": kept}


# The boards' own files are compiled for boards only, which the firmware of tests is.
BOARDS = [
    "lm3s6965evb_runtime_test",
    "microbit_awaits_test",
    "mps2-an385_runtime_test",
    "nano-rp2040-connect_datagrams_test",
    "nina_pins_test",
    "rp2040_test",
    "w5500-evb-pico-lwip_runtime_test",
    "w5500-evb-pico_examples_test",
    "w5500_bus_test",
]


def entries(options):
    ours = " + ".join(["//...", *(f"deps(//tests/device:{board})" for board in BOARDS)])
    answer, succeeded = bazel("aquery", "--output=jsonproto", "--keep_going", "--noshow_progress",
                              "--ui_event_filters=-info,-debug", *options, f'mnemonic("CppCompile", {ours})')
    if not answer:
        sys.exit("compile_commands: Bazel's analysis failed")
    if not succeeded:
        print("compile_commands: some targets could not be analysed; their files are left out", file=sys.stderr)
    places = directories()
    found = {}
    for action in json.loads(answer).get("actions", []):
        made = entry(action["arguments"], places)
        # A file that is compiled for the desktop and for a board is shown as the desktop sees it.
        if made and (made["file"] not in found or "arm-none-eabi" in found[made["file"]]["arguments"][0]):
            found[made["file"]] = made
    return [found[name] for name in sorted(found)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "compile_commands.json")
    arguments, options = parser.parse_known_args()
    found = entries(options)
    # Replaced as a whole: an editor's server may be reading it.
    partial = arguments.output.with_name(arguments.output.name + ".partial")
    partial.write_text(json.dumps(found, indent=1) + "\n")
    partial.replace(arguments.output)
    print(f"{arguments.output}: {len(found)} files")


if __name__ == "__main__":
    main()
