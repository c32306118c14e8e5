#!/usr/bin/env python3
"""Starts the two sides of a pair, then the rows: pair_test.py [--least N] CLIENT SERVER [GOOGLETEST'S OPTIONS].

A side is desktop (the library's own backend), python (remote/agent.py) or board (the agent as firmware in QEMU). At
least N rows must run. Nothing here waits for a time; SAFETY only ends what hangs.
"""

import argparse
import contextlib
import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading

sys.path[:0] = ["embedded/emulator", "tests/conformance"]
import qemu  # pylint: disable=import-error,wrong-import-position
from ethernet import Switch  # pylint: disable=import-error,wrong-import-position

HERE = "tests/conformance"
MACHINE = "mps2-an385"
AGENT_PORT = 7000
SAFETY = 240  # seconds


class Board:
    """A board with an agent, on a network of its own QEMU's; `number` tells several apart that `joins` puts on one
    Ethernet. `gateway`: the board whose QEMU forwards the ports."""

    def __init__(self, number=0, joins=(), gateway=None):
        self._addresses = queue.Queue()
        self._listening = threading.Event()
        self.lines = []
        firmware = os.path.join(HERE, "remote", MACHINE, "agent.elf")
        nic = f"hubport,hubid=0,mac=52:54:00:12:34:{number:02}" if number else "user,id=net"
        self.emulator = qemu.Board(MACHINE, firmware, say=self._say, nic=nic, extra=joins)
        self.monitor = (gateway or self).emulator.monitor
        self.address = self._addresses.get(timeout=SAFETY)
        if not self._listening.wait(SAFETY):
            raise AssertionError(f"no agent: {self.lines}")
        self.port = self.forward("TCP", AGENT_PORT)

    def _say(self, line):
        self.lines.append(line)
        has = re.search(r"this host has ([\d.]+)", line)
        if has:
            self._addresses.put(has[1])
        if f"TCP port {AGENT_PORT} is open" in line:
            self._listening.set()

    def forward(self, protocol, port):
        return self.monitor.forward_from(protocol, None, self.address, port)

    def stop(self):
        self.emulator.stop()


class Python:
    def __init__(self):
        self._process = subprocess.Popen([sys.executable, os.path.join(HERE, "remote/agent.py")], stdout=subprocess.PIPE)
        self.port = int(self._process.stdout.readline())

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


def joined(hub, **networks):
    """QEMU's options that join networks by a hub. Each is a name and QEMU's settings."""
    options = []
    for name, settings in networks.items():
        options += ["-netdev", f"{settings},id={name}", "-netdev", f"hubport,id={name}-port,hubid={hub},netdev={name}"]
    return options


def start(client, server, folder, stack):
    """What there is of both sides; `stack` stops it."""
    if client == server == "board":
        wire = os.path.join(folder, "wire")
        stack.callback(Switch(wire).stop)
        join = f"stream,server=off,addr.type=unix,addr.path={wire}"
        # The first one's QEMU has the network that gives addresses and forwards ports to both.
        one = Board(1, joined(0, wire=join) + joined(1, net="user", way=join))
        stack.callback(one.stop)
        other = Board(2, joined(0, wire=join), gateway=one)
        stack.callback(other.stop)
        return [one, other]
    made = {"desktop": lambda: None, "python": Python, "board": Board}
    sides = []
    for side in (client, server):
        sides.append(made[side]())
        if sides[-1] is not None:
            stack.callback(sides[-1].stop)
    return sides


def name_of(side):
    if side is None:
        return "desktop"
    if isinstance(side, Python):
        return f"python:{side.port}"
    return f"board:{side.port}:{side.address}"


def forward_for(connection, board):
    """Forwards the ports of the board that the test names."""
    for line in connection.makefile("r", encoding="ascii"):
        _, protocol, port = line.split()
        connection.sendall(b"%d\n" % board.forward(protocol, int(port)))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--least", type=int, default=1)
    parser.add_argument("client")
    parser.add_argument("server")
    options, rest = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        sides = start(options.client, options.server, folder, stack)
        ours, theirs = socket.socketpair()
        boards = [side for side in sides if isinstance(side, Board)]
        threading.Thread(target=forward_for, args=(ours, boards[0] if boards else None), daemon=True).start()
        environment = dict(os.environ, EDDY_CLIENT=name_of(sides[0]), EDDY_SERVER=name_of(sides[1]))
        environment["EDDY_EMULATOR"] = str(theirs.fileno())
        stack.callback(lambda: [print("\n".join(board.lines[-20:])) for board in boards])
        return run_rows(environment, theirs, rest, options.least)


def run_rows(environment, inherited, arguments, least):
    command = [os.path.join(HERE, "pair"), *arguments]
    with subprocess.Popen(
        command, env=environment, pass_fds=[inherited.fileno()], stdout=subprocess.PIPE, text=True
    ) as rows:
        safety = threading.Timer(SAFETY, rows.kill)
        safety.start()
        passed = 0
        for line in rows.stdout:
            print(line, end="", flush=True)
            count = re.match(r"\[  PASSED  \] (\d+) tests?\.", line)
            if count:
                passed = int(count[1])
        status = rows.wait()
        safety.cancel()
    if status == 0 and passed < least:
        print(f"error: {passed} rows ran, not {least}")
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
