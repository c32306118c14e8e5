#!/usr/bin/env python3
"""The examples with UDP, unchanged, as firmware on an emulated board, against CPython's sockets."""

import os
import signal
import socket
import struct
import sys
import tempfile
import time

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position

MESSAGE = b"Hello, world"


class Udp(boards.Case):
    def test_echo_server(self):
        board = self.board("udp_echo_server")
        port = board.port("UDP")
        for message in (MESSAGE, *([] if self.has_chip else [b""]), b"x" * 300):
            peer, _ = self.udp()
            peer.sendto(message, ("127.0.0.1", port))
            self.assertEqual(peer.recv(1000), message[:256])
        self.assertRegex(board.line("a datagram from "), r"^10\.0\.2\.2:\d+ was cut to 256 bytes")

    def test_echo_client(self):
        peer, port = self.udp()
        board = self.board("udp_echo_client", "--host", boards.HOST, "--port", port)
        data, client = peer.recvfrom(1000)
        self.assertEqual(data, MESSAGE)
        peer.sendto(data, client)
        self.assertEqual(board.line("received 12 bytes from "), f"{boards.HOST}:{port}: Hello, world")
        self.assertEqual(board.end(), 0)

    NTP_SECONDS = 2_208_988_800 + 1_000_000_000  # on 2001-09-09 (RFC 5905, 6)

    def tell_time(self, peer, meanwhile=lambda: None):
        """Answers one question of NTP, after something else."""
        request, client = peer.recvfrom(1000)
        self.assertEqual(len(request), 48)
        meanwhile()
        answer = bytearray(48)
        answer[0] = 0x24  # version 4, server
        answer[1] = 1
        answer[24:32] = request[40:48]
        answer[32:36] = answer[40:44] = struct.pack(">I", self.NTP_SECONDS)
        peer.sendto(bytes(answer), client)

    @boards.needs("ntp_server")
    def test_ntp_server(self):
        upstream, port = self.udp()
        board = self.board("ntp_server", "--port", 5000, "--upstream", boards.HOST, "--upstream-port", port)
        self.tell_time(upstream)
        board.line("listening on ")
        peer, _ = self.udp()
        peer.sendto(b"\x23" + bytes(39) + b"question", ("127.0.0.1", board.port("UDP")))
        answer = peer.recv(100)
        self.assertEqual((len(answer), answer[0], answer[1], answer[24:32]), (48, 0x24, 2, b"question"))
        seconds = struct.unpack(">I", answer[40:44])[0]
        self.assertIn(seconds - self.NTP_SECONDS, range(boards.SAFETY))

    @boards.needs_chip
    def test_ntp_though_the_emulator_could_not_run_for_longer_than_the_deadline(self):
        peer, port = self.udp()
        board = self.board("ntp_client", "--host", boards.HOST, "--port", port, "--timeout", 2)

        def stall():
            board.emulator.signal(signal.SIGSTOP)
            time.sleep(3)
            board.emulator.signal(signal.SIGCONT)
            time.sleep(0.2)  # in which the emulator's own time goes on

        self.tell_time(peer, stall)
        board.line("2001-09-09 ")
        self.assertEqual(board.end(), 0)

    @boards.needs("ntp_client")
    def test_ntp(self):
        peer, port = self.udp()
        board = self.board("ntp_client", "--host", boards.HOST, "--port", port)
        self.tell_time(peer)
        # Half of the round trip is added, which the client's patience bounds.
        self.assertRegex(board.line("2001-09-09 "), rf"^01:46:4[012] UTC from {boards.HOST}:{port}, stratum 1,")
        self.assertEqual(board.end(), 0)


@boards.needs("multicast_listener")
@boards.needs_chip
class Groups(boards.Case):
    """A chip's are those of this computer's loopback interface."""

    GROUP = "239.192.0.1"

    def free_port(self):
        return self.udp()[1]

    def test_hears_what_others_send_to_its_group(self):
        port = self.free_port()
        board = self.board("multicast_listener", "--port", port, "--count", 2)
        board.line(f"emulator: UDP {self.GROUP}:{port} ")
        peer, own = self.udp()
        peer.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        for message in (MESSAGE, b"and again"):
            peer.sendto(message, (self.GROUP, port))
            said = f"{len(message)} bytes from {boards.HOST}:{own}: {message.decode()}"
            self.assertEqual(board.line("received "), said)
        self.assertEqual(board.end(), 0)

    def test_others_hear_what_it_sends(self):
        peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        peer.settimeout(boards.SAFETY)
        peer.bind((self.GROUP, 0))
        member = socket.inet_aton(self.GROUP) + socket.inet_aton("127.0.0.1")
        peer.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        board = self.board("multicast_sender", "--port", peer.getsockname()[1])
        self.assertEqual(peer.recv(100), MESSAGE)
        self.assertEqual(board.end(), 0)


@boards.in_qemu
@boards.needs("multicast_sender")
@boards.in_qemu  # whose packets are seen
class Multicast(boards.Case):
    """QEMU's network keeps groups to itself: what the board has sent is in its packets."""

    def packets(self):
        folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        return os.path.join(folder, "packets")

    def test_joins_and_leaves(self):
        packets = self.packets()
        board = self.board("multicast_listener", packets=packets)
        board.line("listening on 239.192.0.1:5000")
        board.emulator.press(boards.CTRL_C)
        self.assertEqual(board.end(), 0)
        with open(packets, "rb") as file:
            sent = file.read()
        group = bytes((239, 192, 0, 1))
        # RFC 2236, 2: a report of version 2, and that it leaves.
        self.assertIn(bytes((0x16, 0, 0xFA, 0x3D)) + group, sent)
        self.assertIn(bytes((0x17, 0, 0xF9, 0x3D)) + group, sent)

    def test_sends(self):
        packets = self.packets()
        board = self.board("multicast_sender", packets=packets)
        self.assertEqual(board.end(), 0)
        with open(packets, "rb") as file:
            sent = file.read()
        ethernet = bytes((0x01, 0x00, 0x5E, 0x40, 0x00, 0x01))  # RFC 1112, 6.4
        self.assertIn(ethernet, sent)
        self.assertIn(MESSAGE, sent)


if __name__ == "__main__":
    boards.main()
