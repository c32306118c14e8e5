#!/usr/bin/env python3
"""A board with a W5500 in its emulator: the chip's pins as a driver has them, and its network on this computer."""

import signal
import subprocess
import sys

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position


class Bus(boards.Case):
    def test_memory_is_read_as_written(self):
        for virtual in True, False:
            with self.subTest(virtual=virtual):
                board = self.board("w5500_bus", virtual=virtual)
                self.assertEqual(board.line("version "), "4")
                memory = board.numbers("memory: ")
                self.assertEqual(board.end(), 0)
                self.assertEqual(memory["wrong"], 0)
                if virtual:
                    self.assertTrue(256 <= memory["us"] < 280, memory)  # 1003 bytes at 31.25 MHz, and a pause
                self.assertEqual([line for line in board.seen if line.startswith("emulator")], [])

    def echo(self):
        board = self.board("w5500_bus", "echo")
        return board, board.port("UDP")

    def test_datagrams_wake_it(self):
        board, port = self.echo()
        peer, _ = self.udp()
        sizes = 0, 1, 5, 100, 1000
        for size in sizes:
            sent = bytes(each * 7 % 256 for each in range(size))
            peer.sendto(sent, ("127.0.0.1", port))
            data, sender = peer.recvfrom(2000)
            self.assertEqual(data, sent)
            self.assertEqual(sender, ("127.0.0.1", port))
        board.emulator.signal(signal.SIGINT)
        # Once for each datagram and its SENDOK at least, and for the key.
        self.assertGreaterEqual(int(board.line("woken ")), len(sizes))
        self.assertEqual(board.end(), 0)

    def test_cable(self):
        board, _ = self.echo()
        for link in "1", "0", "1":
            board.emulator.press(b"\x10")
            self.assertEqual(board.line("link "), link)
            board.emulator.move_cable()
            board.line("emulator: the network cable is ")


class Runner(boards.Case):
    def test_forwards_from_a_given_port(self):
        probe, port = self.udp()
        probe.close()
        board = self.board("w5500_bus", "echo", forwards={("UDP", 5000): port})
        self.assertEqual(board.port("UDP"), port)

    def test_ends_when_its_parent_does(self):
        firmware = f"tests/device/{self.machine}/w5500_bus.elf"
        shell = subprocess.Popen(
            ["sh", "-c", f"node embedded/emulator/rp2040.mjs --chip w5500 {firmware} echo & read key"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self.addCleanup(shell.wait)
        self.addCleanup(shell.stdin.close)
        self.addCleanup(shell.stdout.close)
        said = b""
        while b"UDP port 5000 is open" not in said:
            said += shell.stdout.read(1000)
        shell.kill()
        while shell.stdout.read(1000):
            pass  # until nobody can write there

    def test_says_what_is_wrong_with_its_options(self):
        firmware = f"tests/device/{self.machine}/w5500_bus.elf"
        for options, reason in (
            (["--chip", "w5100"], "error: --chip w5100: there is nina, w5500\n"),
            (["--forward", "5000"], "error: --forward 5000: it wants PORT:HOSTPORT\n"),
            (["--forward", "5000:99999"], "error: --forward 5000:99999: a port is at most 65535\n"),
            (["--wire", "none", "x"], "error: --wire none: no chip of this board carries frames\n"),
            (["--chip", "nina", "--ca", "none", firmware], "error: --ca none: there is no such file\n"),
            (["--chip", "nina", "--ca", firmware, firmware], f"error: --ca {firmware}: it is no certificate, as PEM\n"),
            (["--chip", "w5500", "--wire", "none", firmware, "echo"], "error: --wire: this firmware carries no frames\n"),
            (["--address", "10.0.2.15", "x"], "error: --address 10.0.2.15: '10.0.2.15' lacks the length of its network's part"),
            (["--quick"], "error: --quick is no option of the emulator"),
            ([], "error: which firmware?"),
            (["--chip"], "error: --chip wants a value"),
        ):
            with self.subTest(options):
                done = subprocess.run(
                    ["node", "embedded/emulator/rp2040.mjs", *options], capture_output=True, text=True, check=False
                )
                self.assertEqual(done.returncode, 1)
                self.assertTrue(done.stderr.startswith(reason), done.stderr)


if __name__ == "__main__":
    boards.main()
