#!/usr/bin/env -S python3 -B
"""Prints what of an echo server's flash and RAM each library takes, over lwIP and over a W5500's own sockets, as a table in
Markdown. A template is its user's that the linker takes it from."""

import collections
import subprocess
import sys

sys.path[:0] = ["tests/device/size"]
import elf  # pylint: disable=wrong-import-position

HERE = "tests/device/size"
BOARDS = ("w5500-evb-pico-lwip", "w5500-evb-pico")
PROGRAM = "terse_readme_echo_server"

# What a row is called, by the beginning of its targets' labels; the first that fits.
ROWS = {
    "//embedded/lwip:stack": "lwIP",
    "//embedded/lwip": "backend over lwIP",
    "//embedded/offload": "driver of the W5500",
    "//embedded/boards": "board",
    "//embedded/runtime": "runtime",
    "//net/core": "net/core",
    "//net": "net/io",
    "//examples": "the program",
}
POOLS = "lwIP's pools and heap"
OTHERS = "libraries of the compiler and of C"
NAMELESS = "strings, constants without a name, padding"
STACKS = "stacks"

Symbol = collections.namedtuple("Symbol", "name address size")
Part = collections.namedtuple("Part", "flash ram", defaults=(0, 0))


def symbols(path):
    """Those that are there and have a size; of an archive all of its members'."""
    command = ["arm-none-eabi-nm", "--print-size", "--defined-only", path]
    listed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    words = (line.split() for line in listed.splitlines())
    return [Symbol(each[3], int(each[0], 16), int(each[1], 16)) for each in words if len(each) == 4]


def rows_of(parts):
    """The row of each symbol that a library of the program has; parts are in the linker's order."""
    found = {}
    with open(parts, encoding="utf-8") as file:
        for line in file:
            label, path = line.split()
            label = "//" + label.partition("//")[2]
            row = next(name for beginning, name in ROWS.items() if label.startswith(beginning))
            for symbol in symbols(path):
                found.setdefault(symbol.name, row)
    return found


def breakdown(board, program=PROGRAM):
    """What each row takes of the flash and of the RAM, the tasks' arena not counted."""
    path = f"{HERE}/{board}/{program}"
    read = elf.read(path + ".elf")
    rows = rows_of(path + ".parts")
    edge = {name: read.symbols[name][0] for name in ("net_data_start", "net_data_end", "net_bss_end", "net_ram_start")}
    flash, ram = collections.Counter(), collections.Counter()
    seen = set()
    for symbol in symbols(path + ".elf"):
        if symbol.address in seen:  # one of several names
            continue
        seen.add(symbol.address)
        is_pool = symbol.name.startswith("memp_memory_") or symbol.name == "ram_heap"
        row = POOLS if is_pool else rows.get(symbol.name, OTHERS)
        if symbol.address < edge["net_ram_start"] or symbol.address < edge["net_data_end"]:
            flash[row] += symbol.size
        if edge["net_data_start"] <= symbol.address < edge["net_bss_end"]:
            ram[row] += symbol.size
    flash[NAMELESS] = read.flash - flash.total()
    ram[NAMELESS] = read.variables - ram.total()
    ram[STACKS] = read.stacks
    return {row: Part(flash[row], ram[row]) for row in {**flash, **ram}}


def number(value):
    return f"{value:,}" if value else ""


def main():
    found = {board: breakdown(board) for board in BOARDS}
    for parts in found.values():
        parts["all"] = Part(*(sum(column) for column in zip(*parts.values())))
    names = {row: None for parts in found.values() for row in sorted(parts, key=lambda row: -parts[row].flash)}
    names = [*(row for row in names if row != "all"), "all"]
    print("| bytes | " + " | ".join(f"{board}: flash | RAM" for board in BOARDS) + " |")
    print("|---" + "|---:" * 2 * len(BOARDS) + "|")
    for row in names:
        parts = [found[board].get(row, Part()) for board in BOARDS]
        print(f"| {row} | " + " | ".join(number(each) for part in parts for each in part) + " |")


if __name__ == "__main__":
    main()
