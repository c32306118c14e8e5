#!/usr/bin/env -S python3 -B
"""Prints what the examples take on each board, and an echo server in plain callbacks of lwIP beside them, as tables in
Markdown."""

import argparse
import os
import re
import sys

sys.path[:0] = ["tests/device", "tests/device/size"]
import boards  # pylint: disable=wrong-import-position
import elf  # pylint: disable=wrong-import-position
import measure  # pylint: disable=wrong-import-position
import workloads  # pylint: disable=wrong-import-position

PLAIN = "lwip_echo"
ECHO_SERVERS = ("readme_echo_server", "tcp_echo_server")
# Before the names of those that are built without diagnostics (net/core/diagnostics.h).
TERSE = "terse_"
HERE = "tests/device/size"


def is_of_here(program):
    return program == PLAIN or program.startswith(TERSE)


def folder_of(program):
    return HERE if is_of_here(program) else "tests/device"


def path_of(board, program):
    return os.path.join(folder_of(program), board, program + ".elf")


def buffer_of(program):
    """Bytes of the buffer that an echo server's handler has in its frame, as its source says."""
    with open(f"examples/{program.removeprefix(TERSE)}.cc", encoding="utf-8") as source:
        return int(re.search(r"std::array<std::byte, (\d+)> buffer", source.read())[1])


def row(board, program):
    """What one program takes on one board."""
    read = elf.read(path_of(board, program))
    result = {
        "flash": read.flash,
        "variables": read.variables - read.pools,
        "pools": read.pools,
        "arena": read.arena,
        "stacks": read.stacks,
    }
    if is_of_here(program):  # it does not tell what it uses
        with measure.Run(board, program, folder=HERE) as run:
            peers = [run.connect() for _ in range(4)]
            for peer in peers:
                measure.echo(peer)
            result["stack"] = run.stack(read.symbols)
        result["connection"] = None
        if program == PLAIN:
            result["arena"] = 0  # it has none
            result["connection"] = read.halves["memp_connections"]  # the size that its descriptor begins with
    else:
        result["connection"], result["stack"] = workloads.measured(board, program)
    return result


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "|".join(["---"] + ["---:"] * (len(header) - 1)) + "|")
    for each in rows:
        print("| " + " | ".join(each) + " |")
    print()


def text(value):
    return "" if value is None else f"{value:,.0f}"


def report(programs_of):
    """Measures everything and prints it. Gives the echo servers' figures, for whoever wants to check them."""
    rows = []
    echoes = {}
    for board, programs in programs_of.items():
        here = [name for name in [PLAIN] + [TERSE + each for each in ECHO_SERVERS] if os.path.exists(path_of(board, name))]
        for program in [*here, *sorted(programs)]:
            print(f"{program} on {board}", file=sys.stderr)
            figures = row(board, program)
            keys = ("flash", "variables", "pools", "arena", "stacks", "connection", "stack")
            rows.append([program, board, *(text(figures[key]) for key in keys)])
            if is_of_here(program) or program in ECHO_SERVERS:
                figures["instructions"], _ = measure.instructions(board, program, folder_of(program))
                echoes[board, program] = figures
    print("Bytes:\n")
    table(
        ("program", "board", "flash", "variables", "lwIP's pools", "arena", "stacks", "arena for a connection",
         "stack used"),
        rows,
    )
    print("Echo servers, beside plain callbacks:\n")
    comparison = []
    for (board, program), figures in echoes.items():
        plain = echoes[board, PLAIN]
        own = buffer_of(program) if program != PLAIN else 0
        more, ratio = figures["flash"] - plain["flash"], figures["instructions"] / plain["instructions"]
        comparison.append([
            program,
            board,
            "" if program == PLAIN else f"{more:+,}",
            text(figures["connection"]),
            text(own),
            text(figures["instructions"]),
            "" if program == PLAIN else f"{ratio:.2f}",
        ])
    table(
        ("program", "board", "flash beyond the plain one", "RAM for a connection beyond lwIP's",
         "of it the handler's own buffer", "instructions for an echo of 64 bytes", "of the plain one's"),
        comparison,
    )
    return echoes


def built():
    """The programs that there are, by board."""
    found = {}
    for board in sorted(os.listdir(HERE)):
        if not os.path.exists(path_of(board, PLAIN)):
            continue
        names = (name[: -len(".elf")] for name in os.listdir(os.path.join("tests/device", board)))
        found[board] = [name for name in names if name in workloads.WORKLOADS]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", help="only these, separated by commas")
    options = parser.parse_args()
    programs = built()
    if options.boards:
        programs = {board: programs[board] for board in options.boards.split(",")}
    report(programs)


if __name__ == "__main__":
    main()
