#!/usr/bin/env python3
"""What a board's runtime promises: faults are told, the network comes and goes, memory stays as it is."""

import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position


class Fault(boards.Case):
    def test_tells_where_and_which_task(self):
        board = self.board("fault")
        self.assertIn("status 00010000", board.line("fault: exception"))  # an undefined instruction
        self.assertRegex(board.line("fault: pc "), r"^[0-9a-f]{8} lr [0-9a-f]{8}")
        self.assertRegex(board.line("fault: "), r"fail ran, after its await at tests/device/programs/fault.cc:\d+")
        self.assertEqual(board.end(), 70)

    def test_tells_of_a_stack_overflow(self):
        board = self.board("fault", "--stack")
        board.line("fault: the stack has overflowed")
        self.assertEqual(board.end(), 70)


@boards.needs("link")
class Link(boards.Case):
    def test_goes_and_comes(self):
        board = self.board("link")
        board.line("up")
        for _ in range(2):
            board.emulator.monitor.set_link(False)
            board.line("down")
            board.emulator.monitor.set_link(True)
            board.line("up")


class Ipv6(boards.Case):
    def test_has_an_address_and_reaches_others(self):
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
        listener.settimeout(boards.SAFETY)
        self.addCleanup(listener.close)
        port = listener.getsockname()[1]
        # Where QEMU shows this computer.
        board = self.board("reach", "--host", "fec0::2", "--port", port)
        self.accept(listener).sendall(b"hello")
        self.assertEqual(board.line("told by "), f"[fec0::2]:{port}: hello")
        self.assertEqual(board.end(), 0)


class Memory(boards.Case):
    def ask(self, peer):
        peer.sendall(b"?")
        line = b""
        while not line.endswith(b"\n"):
            line += peer.recv(100)
        return [int(number) for number in line.split()]

    def test_connections_ask_the_arena_for_nothing_more(self):
        board = self.board("memory")
        self.assertRegex(board.line("info: memory: "), r"^\d+ bytes for tasks, \d+ bytes for lwIP$")
        asker = self.connect(board)
        for _ in range(3):  # as many at once as later
            peers = [self.connect(board) for _ in range(3)]
            for peer in peers:
                peer.sendall(b"x")
                self.assertEqual(peer.recv(1), b"x")
                peer.close()
        requests, _ = self.ask(asker)
        for i in range(50):
            peer = self.connect(board)
            peer.sendall(b"%d" % i)
            self.assertEqual(self.receive(peer, len(b"%d" % i)), b"%d" % i)
            peer.close()
        self.assertEqual(self.ask(asker)[0], requests)


class Command(boards.Case):
    """The wrapper as `bazel run` calls it."""

    def test_ctrl_c_drains(self):
        firmware = os.path.join("tests/device", self.machine, "tcp_echo_server.elf")
        command = ["embedded/emulator/qemu.py", "--machine", self.machine, "--", firmware]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            self.addCleanup(process.kill)
            for line in process.stdout:
                if line.startswith("listening on"):
                    process.send_signal(signal.SIGINT)
                    break
            process.stdout.read()
            self.assertEqual(process.wait(boards.SAFETY), 0)


if __name__ == "__main__":
    boards.main()
