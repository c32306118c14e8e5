"""What the tests of firmware share: boards that run, their output line by line, and peers on this computer.

Nothing here waits for a time: every wait is for a line, a byte or an end. SAFETY only ends a test that hangs.
"""

import os
import queue
import socket
import sys
import threading
import unittest

sys.path.insert(0, "embedded/emulator")
import qemu  # pylint: disable=import-error,wrong-import-position
import rp2040  # pylint: disable=import-error,wrong-import-position

SAFETY = 60  # seconds
HOST = "10.0.2.2"  # this computer, as QEMU's network shows it to the board
CTRL_C = qemu.CTRL_C
CTRL_T = qemu.CTRL_T
CTRL_N = qemu.CTRL_N


def serve_names(peer, answers):
    """DNS (RFC 1035, 4) until the socket is closed."""
    while True:
        try:
            query, sender = peer.recvfrom(512)
        except OSError:
            return
        labels, at = [], 12
        while query[at] != 0:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = int.from_bytes(query[at + 1:at + 3], "big")
        data = answers.get((".".join(labels), kind), [])
        records = b"".join(
            b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\0\1\0\0\0\x3c" + len(each).to_bytes(2, "big") + each
            for each in data
        )
        header = query[:2] + b"\x81\x80\0\1" + len(data).to_bytes(2, "big") + bytes(4)
        peer.sendto(header + query[12:at + 5] + records, sender)


class Board:
    """A program that runs on a board."""

    def __init__(self, machine, program, *arguments, folder="tests/device", **options):
        self.lines = queue.Queue()
        self.seen = []
        firmware = os.path.join(folder, machine, program + ".elf")
        emulator = rp2040 if machine in rp2040.CHIPS else qemu
        self.emulator = emulator.Board(machine, firmware, [str(each) for each in arguments], self._say, **options)

    def _say(self, line):
        self.seen.append(line)
        self.lines.put(line)

    def line(self, start=""):
        """The next line that starts so, without that start."""
        while True:
            try:
                line = self.lines.get(timeout=SAFETY)
            except queue.Empty:
                raise AssertionError(f"no line {start!r} after {self.seen}") from None
            if line.startswith(start):
                return line[len(start):]

    def numbers(self, start):
        """The numbers of the next line that starts so, by their names: "ms 3000, alarms 30"."""
        words = self.line(start).replace(",", "").split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def port(self, protocol="TCP", port=5000):
        """Where on this computer a port of the board is."""
        while (protocol, port) not in self.emulator.forwarded:
            self.line("emulator:")
        return self.emulator.forwarded[protocol, port]

    def connect(self, port=5000, receives=None):
        """`receives`: how many bytes wait here at most for who reads them."""
        peer = socket.socket()
        if receives:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        peer.settimeout(SAFETY)
        peer.connect(("127.0.0.1", self.port("TCP", port)))
        return peer

    def end(self):
        """The exit status, once the program has ended by itself."""
        return self.emulator.wait(SAFETY)

    def stop(self):
        self.emulator.stop()


def has_chip(machine):
    return rp2040.CHIPS.get(machine) is not None and not machine.endswith("-lwip")


class Case(unittest.TestCase):
    """A test whose boards and sockets end with it."""

    machine = ""

    @property
    def has_chip(self):
        """TCP/IP is a chip's, which has few sockets, IPv4 and no empty datagrams."""
        return has_chip(self.machine)

    @property
    def has_nina(self):
        """It is a NINA module's, which has six sockets, and lets those wait for whom it has none."""
        return rp2040.CHIPS.get(self.machine) == "nina"

    def board(self, program, *arguments, **options):
        board = Board(self.machine, program, *arguments, **options)
        self.addCleanup(board.stop)
        return board

    def connect(self, board, *arguments, **options):
        peer = board.connect(*arguments, **options)
        self.addCleanup(peer.close)
        return peer

    def listener(self):
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(SAFETY)
        self.addCleanup(listener.close)
        return listener, listener.getsockname()[1]

    def accept(self, listener):
        peer, _ = listener.accept()
        peer.settimeout(SAFETY)
        self.addCleanup(peer.close)
        return peer

    def udp(self):
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(SAFETY)
        self.addCleanup(peer.close)
        return peer, peer.getsockname()[1]

    def name_server(self, answers):
        """The port of a name server that answers for a name and a type with records' data; for others with none."""
        peer, port = self.udp()
        threading.Thread(target=serve_names, args=(peer, answers), daemon=True).start()
        return port

    def receive(self, peer, size):
        data = b""
        while len(data) < size:
            more = peer.recv(size - len(data))
            if not more:
                break
            data += more
        return data


def needs(program):
    """Leaves out a test, or a class of them, on a board that BUILD does not give the program to."""
    path = os.path.join("tests/device", sys.argv[1], program + ".elf")
    return lambda test: test if os.path.exists(path) else None


def in_qemu(test):
    """Leaves out a test, or a class of them, on a board that another emulator runs."""
    return None if sys.argv[1] in rp2040.CHIPS else test


def has_cable(test):
    """Leaves out a class of them on a board whose network is by radio."""
    return None if rp2040.CHIPS.get(sys.argv[1]) == "nina" else test


def needs_chip(test):
    """And on one whose TCP/IP is not a chip's."""
    return test if has_chip(sys.argv[1]) else None


def main():
    """Runs the caller's cases on the board that the command line names."""
    Case.machine = sys.argv.pop(1)
    unittest.main()
