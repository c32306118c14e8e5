#!/usr/bin/env python3
"""Runs every platform of platforms.py as client with every one as server, by TCP and UDP, and makes a table of it.

    matrix.py [--quick] [--only KEY,KEY…] [--write FOLDER] [--compare FOLDER] [--jobs N]

--quick: fewer bytes for emulated chips. --write: matrix.md and matrix.svg, of this very run. --compare: those of the folder
must say the same, but for the command and numbers of bytes. It fails unless every cell that is to run is good; one that is
left out says so.
"""

import argparse
import concurrent.futures
import os
import re
import sys
import tempfile
import threading
import time

sys.path.insert(0, "tests/interop/matrix")
import markdown  # pylint: disable=wrong-import-position
import picture  # pylint: disable=wrong-import-position
import platforms  # pylint: disable=wrong-import-position
import table  # pylint: disable=wrong-import-position
from running import SAFETY, Failed, Program, Server  # pylint: disable=wrong-import-position

PROGRAMS = [f"{name}_{end}" for name in ("tcp_echo", "udp_echo", "bulk") for end in ("server", "client")]
HELLO = re.compile(r"received 12 bytes(?: from \S+)?: Hello, world$")
TIMES = 2


def hello(client, server, protocol, cell):
    """The seed's exchange, by the examples as they are: a new socket each time."""
    del cell
    program = Program(
        client, f"{protocol.lower()}_echo_client", "--host", client.computer, "--port", server.port(protocol),
        "--count", TIMES, "--interval", "0.01", "--timeout", SAFETY,
    )  # fmt: skip
    try:
        status, lines = program.rest()
        if status != 0 or len(list(filter(HELLO.search, lines))) != TIMES:
            raise Failed(f"the client ends with {status}: {program.last()}")
    finally:
        program.stop()
    return 0


def bulk(size):
    """`size` bytes both ways at once, which both ends say they have checked."""

    def run(client, server, protocol, cell):
        bytes_ = size(client, server.platform)
        program = Program(
            client, "bulk_client", "--host", client.computer, "--port", server.port(protocol),
            "--cell", cell, "--bytes", bytes_, "--timeout", SAFETY, *(["--udp"] if protocol == "UDP" else []),
        )  # fmt: skip
        good = f"cell {cell}: {bytes_} bytes both ways"
        try:
            status, lines = program.rest()
            if status != 0 or good not in lines:
                raise Failed(f"the client ends with {status}: {program.last()}")
            while True:
                line = server.line()
                if line == good:
                    return bytes_
                if line is None or line.startswith(f"cell {cell}: "):
                    raise Failed(f"the server says: {line}")
        finally:
            program.stop()

    return run


class Phase:
    """One server of each platform, and every client with each. `protocols`: of the server, as it tells them."""

    def __init__(self, server, protocols, exchange, run):
        self.server, self.protocols, self.exchange, self.run = server, protocols, exchange, run


def phases(size):
    """`size`: how many bytes a client and a server exchange."""
    return [
        Phase("tcp_echo_server", ["TCP"], table.HELLO, hello),
        Phase("udp_echo_server", ["UDP"], table.HELLO, hello),
        Phase("bulk_server", ["UDP", "TCP"], table.BULK, bulk(size)),
    ]


class Matrix:
    """Runs phases, and keeps what came of each cell: none is good that has not run here."""

    def __init__(self, chosen, jobs, results):
        self._chosen = chosen
        self._jobs = jobs
        self._results = results
        self._lock = threading.Lock()
        self._cells = 0

    def run(self, each_in_turn):
        for phase in each_in_turn:
            servers = {}
            try:
                for platform in self._chosen:
                    servers[platform] = (Server(platform, phase.server, phase.protocols), threading.Lock())
                self._run(phase, servers)
            finally:
                for server, _ in servers.values():
                    server.stop()

    def _run(self, phase, servers):
        cells = [(client, server, protocol)
                 for protocol in phase.protocols for client in self._chosen for server in self._chosen]  # fmt: skip
        # So that neighbours have different servers, each of which has one client at a time.
        width = len(self._chosen)
        cells.sort(key=lambda cell: (cell[2], (self._chosen.index(cell[1]) - self._chosen.index(cell[0])) % width))
        with concurrent.futures.ThreadPoolExecutor(self._jobs) as pool:
            for future in [pool.submit(self._cell, phase, servers, *cell) for cell in cells]:
                future.result()

    def _cell(self, phase, servers, client, server, protocol):
        running, busy = servers[server]
        with busy:
            with self._lock:
                self._cells += 1
                cell = self._cells
            begin = time.monotonic()
            try:
                bytes_ = phase.run(client, running, protocol, cell)
                outcome = table.Outcome(bytes_)
            except Failed as failed:
                outcome = table.Outcome(failure=str(failed))
            seconds = time.monotonic() - begin
        with self._lock:
            self._results.add(client, server, protocol, phase.exchange, outcome)
            what = outcome.failure or "good"
            print(f"{seconds:7.2f} s  {protocol} {phase.exchange}: {client.key} with {server.key}: {what}", flush=True)


def chosen_of(only):
    """The platforms that are to run, and why others are not, by their keys."""
    absent = {}
    for each in platforms.PLATFORMS:
        if only and each.key not in only:
            absent[each.key] = "left out by an option"
        elif reason := each.lacks(PROGRAMS):
            absent[each.key] = reason
    return [each for each in platforms.PLATFORMS if each.key not in absent], absent


def main():
    keys = [each.key for each in platforms.PLATFORMS]
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--write", metavar="FOLDER")
    parser.add_argument("--compare", metavar="FOLDER")
    parser.add_argument("--jobs", type=int, default=3)
    options = parser.parse_args()
    if not set(options.only) <= set(keys):
        parser.error(f"--only takes of {','.join(keys)}")

    def size(client, server):
        return min(client.quick, server.quick) if options.quick else platforms.FULL

    chosen, absent = chosen_of(options.only)
    results = table.Results(platforms.PLATFORMS, absent)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder  # of what starts here
        Matrix(chosen, options.jobs, results).run(phases(size))
    print(f"{len(results)} exchanges in {time.monotonic() - begin:.0f} s")
    pages = render(results)
    if options.write:
        write(pages, options.write)
    stale = options.compare and stale_of(pages, options.compare)
    for key, reason in absent.items():
        print(f"not run: {key}: {reason}")
    missing = [key for key in absent if not options.only or key in options.only]
    if stale:
        print(f"{stale} says something else: ./bazelw run //tests/interop:matrix -- --write tests/interop/matrix")
    return 0 if results.all_good() and not missing and not stale else 1


def render(results):
    command = " ".join(["./bazelw run //tests/interop:matrix --", *sys.argv[1:]])
    return {
        "matrix.md": markdown.render(results, platforms.FULL, command),
        "matrix.svg": picture.render(results, platforms.FULL),
    }


def write(pages, folder):
    # `bazel run` starts this elsewhere than where it was called.
    folder = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""), folder)
    os.makedirs(folder, exist_ok=True)
    for name, text in pages.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


# What a quick run has that another does not: how many bytes, and the command.
QUICK = [
    re.compile(r"^Written by .*$", re.MULTILINE),
    re.compile(r", (?:[\d,]+|fewer) bytes(?= \|)"),
    re.compile(r"<text [^>]*small[^>]*>[^<]*</text>\n"),
    re.compile(r'(?<=<text x="\d\d\d" )y="\d+"'),
]


def plain(text):
    for pattern in QUICK:
        text = pattern.sub("", text)
    return text


def stale_of(pages, folder):
    """Which page of the folder says something else, if any."""
    for name, text in pages.items():
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            if plain(file.read()) != plain(text):
                return os.path.join(folder, name)
    return ""


if __name__ == "__main__":
    sys.exit(main())
