#!/usr/bin/env python3
"""Starts the two sides of a pair, then the rows: pair_test.py [--least N] CLIENT SERVER [GOOGLETEST'S OPTIONS].

A side is desktop (the library's own backend), python (remote/agent.py) or board (the agent as firmware in QEMU). At
least N rows must run. Nothing here waits for a time; SAFETY only ends what hangs.
"""

import argparse
import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, "embedded/emulator")
import qemu  # pylint: disable=import-error,wrong-import-position

HERE = "tests/conformance"
MACHINE = "mps2-an385"
AGENT_PORT = 7000
SAFETY = 240  # seconds


class Board:
    """A board with an agent, reached by what QEMU calls `network`, whose monitor is `gateway`'s."""

    def __init__(self, nic="user,id=net", extra=(), gateway=None):
        self._addresses = queue.Queue()
        self._listening = threading.Event()
        self.lines = []
        firmware = os.path.join(HERE, "remote", MACHINE, "agent.elf")
        self.emulator = qemu.Board(MACHINE, firmware, say=self._say, nic=nic, extra=extra)
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
        for _ in range(10):
            host_port = qemu.free_port(protocol)
            said = self.monitor.execute(
                "human-monitor-command",
                **{"command-line": f"hostfwd_add {protocol.lower()}:127.0.0.1:{host_port}-{self.address}:{port}"},
            )
            if not said.strip():
                return host_port
        raise RuntimeError(said)

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


def start(client, server, folder):
    """What there is of both sides: objects to stop, and how the test knows each."""
    if client == server == "board":
        # One Ethernet: a hub in the first board's QEMU, with its network, its board and the way to the second.
        wire = os.path.join(folder, "wire")
        hub = ["-netdev", "user,id=net", "-netdev", "hubport,id=to-net,hubid=0,netdev=net"]
        hub += ["-netdev", f"stream,id=wire,server=on,addr.type=unix,addr.path={wire}"]
        hub += ["-netdev", "hubport,id=to-wire,hubid=0,netdev=wire"]
        one = Board(nic="hubport,hubid=0,mac=52:54:00:12:34:56", extra=hub)
        other = Board(nic=f"stream,server=off,addr.type=unix,addr.path={wire},mac=52:54:00:12:34:57", gateway=one)
        return [one, other]
    made = {"desktop": lambda: None, "python": Python, "board": Board}
    return [made[client](), made[server]()]


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
    with tempfile.TemporaryDirectory() as folder:
        sides = start(options.client, options.server, folder)
        ours, theirs = socket.socketpair()
        boards = [side for side in sides if isinstance(side, Board)]
        threading.Thread(target=forward_for, args=(ours, boards[0] if boards else None), daemon=True).start()
        environment = dict(os.environ, EDDY_CLIENT=name_of(sides[0]), EDDY_SERVER=name_of(sides[1]))
        environment["EDDY_EMULATOR"] = str(theirs.fileno())
        try:
            return run_rows(environment, theirs, rest, options.least)
        finally:
            for side in sides:
                if side is not None:
                    side.stop()
            for board in boards:
                print("\n".join(board.lines[-20:]))


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
