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
NAMELESS = "short strings, tables without a name, padding"
STACKS = "stacks"
SHORT = 8  # bytes: others may have the same

Symbol = collections.namedtuple("Symbol", "name address size")
Part = collections.namedtuple("Part", "flash ram", defaults=(0, 0))


def symbols(path):
    """Those that are there and have a size; of an archive all of its members'."""
    command = ["arm-none-eabi-nm", "--print-size", "--defined-only", path]
    listed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    words = (line.split() for line in listed.splitlines())
    return [Symbol(each[3], int(each[0], 16), int(each[1], 16)) for each in words if len(each) == 4]


class Owners:
    """Which row what is linked is of, by the object files and archives that a program has, in the linker's order."""

    def __init__(self, parts):
        self._rows = {}
        self._contents = []
        with open(parts, encoding="utf-8") as file:
            for line in file:
                label, path = line.split()
                label = "//" + label.partition("//")[2]
                row = next(name for beginning, name in ROWS.items() if label.startswith(beginning))
                for symbol in symbols(path):
                    self._rows.setdefault(symbol.name, row)
                with open(path, "rb") as part:
                    self._contents.append((part.read(), row))

    def of(self, name):
        if name.startswith("memp_memory_") or name == "ram_heap":
            return POOLS
        return self._rows.get(name, OTHERS)

    def of_string(self, text):
        """Of one that ends with a zero, in whose place the linker may have put a longer one with the same end."""
        if len(text) < SHORT:
            return NAMELESS
        return next((row for content, row in self._contents if text in content), NAMELESS)


def nameless(content, symbols_there):
    """What lies between the symbols: strings, each with its zero, and pieces of tables."""
    at = 0
    for symbol in [*sorted(symbols_there, key=lambda each: each.address), Symbol("", len(content), 0)]:
        gap = content[at : max(at, symbol.address)]
        while gap:
            end = gap.find(b"\0") + 1 or len(gap)
            yield gap[:end]
            gap = gap[end:]
        at = max(at, symbol.address + symbol.size)


def breakdown(board, program=PROGRAM):
    """What each row takes of the flash and of the RAM, the tasks' arena not counted; and the names of OTHERS."""
    path = f"{HERE}/{board}/{program}"
    read = elf.read(path + ".elf")
    owners = Owners(path + ".parts")
    data, end = read.symbols["net_data_start"][0], read.symbols["net_bss_end"][0]
    there = {symbol.address: symbol for symbol in symbols(path + ".elf")}.values()  # some have several names
    flash, ram = collections.Counter(), collections.Counter()
    for symbol in there:
        if symbol.address < data or symbol.address < read.symbols["net_data_end"][0]:
            flash[owners.of(symbol.name)] += symbol.size
        if data <= symbol.address < end:
            ram[owners.of(symbol.name)] += symbol.size
    in_text = [Symbol(each.name, each.address - read.text_at, each.size) for each in there
               if read.text_at <= each.address < read.text_at + len(read.text)]
    for text in nameless(read.text, in_text):
        flash[owners.of_string(text)] += len(text)
    flash[NAMELESS] += read.flash - flash.total()
    ram[NAMELESS] += read.variables - ram.total()
    ram[STACKS] = read.stacks
    others = [each.name for each in there if owners.of(each.name) == OTHERS]
    return {row: Part(flash[row], ram[row]) for row in {**flash, **ram}}, others


def number(value):
    return f"{value:,}" if value else ""


def main():
    found = {board: breakdown(board)[0] for board in BOARDS}
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
