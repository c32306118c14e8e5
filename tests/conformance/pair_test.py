#!/usr/bin/env python3
"""Starts the two sides of a pair, then the rows: pair_test.py [--least N] CLIENT SERVER [GOOGLETEST'S OPTIONS].

A side is desktop (the library's own backend), python (remote/agent.py) or a board (BOARDS: the agent as firmware). At
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
import private_network  # pylint: disable=wrong-import-position
import qemu  # pylint: disable=import-error,wrong-import-position
import rp2040  # pylint: disable=import-error,wrong-import-position
import user_network  # pylint: disable=import-error,wrong-import-position
from ethernet import Switch  # pylint: disable=import-error,wrong-import-position

HERE = "tests/conformance"
AGENT_PORT = 7000
NARROW = 16384  # bytes of a TCP socket's buffers here, where a chip's have two kilobytes
SAFETY = int(os.environ.get("TEST_TIMEOUT", "300")) * 4 // 5  # seconds


class Board:
    """A board with an agent. `stack`: what its TCP/IP is, as remote/pair_worlds.cc knows it. `listens`: the line that says
    that the agent can be reached."""

    stack = ""
    listens = f"TCP port {AGENT_PORT} is open"

    def __init__(self, machine, emulator, **options):
        self._addresses = queue.Queue()
        self._listening = threading.Event()
        self.lines = []
        firmware = os.path.join(HERE, "remote", machine, "agent.elf")
        self.emulator = emulator.Board(machine, firmware, say=self._say, **options)
        self.address = self._addresses.get(timeout=SAFETY)
        if not self._listening.wait(SAFETY):
            raise AssertionError(f"no agent: {self.lines}")

    def _say(self, line):
        self.lines.append(line)
        has = re.search(r"this host has ([\d.]+)", line)
        if has:
            self._addresses.put(has[1])
        if self.listens in line:
            self._listening.set()

    def name(self):
        return f"{self.stack}:{self.address}:{AGENT_PORT}"

    def stop(self):
        self.emulator.stop()


class QemuBoard(Board):
    """On a network of its own QEMU's; `number` tells several apart that `joins` puts on one Ethernet. `gateway`: the
    board whose QEMU forwards the ports."""

    stack = "lwip"

    def __init__(self, machine, number=0, joins=(), gateway=None):
        nic = f"hubport,hubid=0,mac=52:54:00:12:34:{number:02}" if number else "user,id=net"
        super().__init__(machine, qemu, nic=nic, extra=joins)
        self.monitor = (gateway or self).emulator.monitor
        self.port = self.forward("TCP", AGENT_PORT)

    @classmethod
    def put(cls, machines, folder, stack):
        """Two on one Ethernet, or one."""
        if len(machines) == 1:
            one = cls(machines[0])
            stack.callback(one.stop)
            return [one]
        wire = os.path.join(folder, "wire")
        stack.callback(Switch(wire).stop)
        join = f"stream,server=off,addr.type=unix,addr.path={wire}"
        # The first one's QEMU has the network that gives addresses and forwards ports to both.
        one = cls(machines[0], 1, joined(0, wire=join) + joined(1, net="user", way=join))
        stack.callback(one.stop)
        other = cls(machines[1], 2, joined(0, wire=join), gateway=one)
        stack.callback(other.stop)
        return [one, other]

    def forward(self, protocol, port):
        return self.monitor.forward_from(protocol, None, self.address, port)

    def name(self):
        return f"{self.stack}:127.0.0.1:{self.port}:{self.address}"


class ChipBoard(Board):
    """One with a chip that runs TCP/IP, whose model is a host of 127.0.0.0/8."""

    FIRST = 2  # 127.0.0.2
    there = 0
    listens = f":{AGENT_PORT} is the board's port"

    def __init__(self, machine):
        self.stack = rp2040.CHIPS[machine]
        super().__init__(machine, rp2040, host=f"127.0.0.{self.FIRST + ChipBoard.there}")
        ChipBoard.there += 1

    @classmethod
    def put(cls, machines, _, stack):
        sides = []
        for machine in machines:
            sides.append(cls(machine))
            stack.callback(sides[-1].stop)
        return sides


class WireBoard(Board):
    """One with a chip that carries frames, to `wire`, on QEMU's user network."""

    stack = "lwip"

    def __init__(self, machine, wire, network):
        super().__init__(machine, rp2040, wire=wire)
        self._network = network
        self.port = self.forward("TCP", AGENT_PORT)

    @classmethod
    def put(cls, machines, folder, stack):
        """On one Ethernet."""
        wire = os.path.join(folder, "wire")
        stack.callback(Switch(wire).stop)
        network = user_network.UserNetwork(wire, joins=True)
        stack.callback(network.stop)
        sides = []
        for machine in machines:
            sides.append(cls(machine, wire, network))
            stack.callback(sides[-1].stop)
        return sides

    def forward(self, protocol, port):
        return self._network.forward(protocol, port, address=self.address)

    def name(self):
        return f"{self.stack}:127.0.0.1:{self.port}:{self.address}"


BOARDS = {
    "mps2-an385": QemuBoard,
    "nano-rp2040-connect": ChipBoard,
    "w5500-evb-pico": ChipBoard,
    "w5500-evb-pico-lwip": WireBoard,
}


class Python:
    def __init__(self):
        self._process = subprocess.Popen([sys.executable, os.path.join(HERE, "remote/agent.py")], stdout=subprocess.PIPE)
        self.port = int(self._process.stdout.readline())

    def name(self):
        return f"python:127.0.0.1:{self.port}"

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


def start(names, folder, stack):
    """What there is of both sides; `stack` stops it."""
    kinds = [BOARDS.get(name) for name in names]
    if all(kinds):
        if kinds[0] is not kinds[1]:
            raise SystemExit("boards of two kinds have no network together")
        return kinds[0].put(names, folder, stack)
    sides = []
    for name, kind in zip(names, kinds):
        if kind:
            sides += kind.put([name], folder, stack)
        elif name == "python":
            sides.append(Python())
            stack.callback(sides[-1].stop)
        else:
            sides.append(None)
    return sides


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
        names = [options.client, options.server]
        if any(BOARDS.get(name) is ChipBoard for name in names):
            private_network.enter(NARROW)
        sides = start(names, folder, stack)
        ours, theirs = socket.socketpair()
        boards = [side for side in sides if isinstance(side, Board)]
        threading.Thread(target=forward_for, args=(ours, boards[0] if boards else None), daemon=True).start()
        client, server = [side.name() if side else "desktop" for side in sides]
        environment = dict(os.environ, EDDY_CLIENT=client, EDDY_SERVER=server)
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
