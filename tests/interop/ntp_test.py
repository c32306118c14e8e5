#!/usr/bin/env python3
"""ntp_client and a time server of CPython, as the CircuitPython examples use it. Names carry the example's number."""

import datetime
import socket

from harness import ANY_TIME, Case, endpoint, families, main
from peers import udp


def utc(unix_time):
    return datetime.datetime.fromtimestamp(unix_time, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


class TimeClient(Case):
    def test_l2_request_and_time(self):
        for family in families():
            with self.subTest(family=family.name):
                sock = self.bound(family, socket.SOCK_DGRAM)
                peer = self.peer(udp.time_server, sock, 1700000000)
                lines = self.client("ntp_client", sock.getsockname(), *ANY_TIME)
                self.assertEqual(peer.result(), bytes([0b00100011]) + bytes(47))
                self.assertEqual(lines, [f"2023-11-14 22:13:20 UTC from {endpoint(sock.getsockname())}"])

    def test_l7_host_name(self):
        family, _, _, _, found = socket.getaddrinfo("localhost", 0, type=socket.SOCK_DGRAM)[0]
        sock = self.bound(family, socket.SOCK_DGRAM)
        peer = self.peer(udp.time_server, sock, 0)
        lines = self.client("ntp_client", ("localhost", sock.getsockname()[1]), *ANY_TIME)
        peer.result()
        self.assertEqual(lines, [f"1970-01-01 00:00:00 UTC from {endpoint((found[0], sock.getsockname()[1]))}"])

    def test_l7_port_is_not_byte_swapped(self):
        # The manual's example prints 31488 for 123. A port whose bytes differ shows the same mistake.
        sock = self.bound(kind=socket.SOCK_DGRAM)
        try:
            sock = self.new_socket(kind=socket.SOCK_DGRAM)
            sock.bind(("127.0.0.1", 123))
        except OSError:  # no right to it, or a time server has it
            sock = self.bound(kind=socket.SOCK_DGRAM)
        port = sock.getsockname()[1]
        peer = self.peer(udp.time_server, sock, 1700000000)
        lines = self.client("ntp_client", ("127.0.0.1", port), *ANY_TIME)
        peer.result()
        self.assertTrue(lines[0].endswith(f" from 127.0.0.1:{port}"), lines)

    def test_dates(self):
        for unix_time in (951782400, 1709208000, 2085978495, 2085978496, 2208988800):  # leap days; the new era
            with self.subTest(utc(unix_time)):
                sock = self.bound(kind=socket.SOCK_DGRAM)
                peer = self.peer(udp.time_server, sock, unix_time)
                lines = self.client("ntp_client", sock.getsockname(), *ANY_TIME)
                peer.result()
                self.assertEqual(lines[0].split(" from ")[0], utc(unix_time))

    def test_short_reply_is_refused(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)
        peer = self.peer(udp.time_server, sock, 1700000000, 47)
        program = self.program("ntp_client", "--host", "127.0.0.1", "--port", sock.getsockname()[1], *ANY_TIME)
        self.assert_fails(program, 1, f"127.0.0.1:{sock.getsockname()[1]}", "protocol")
        peer.result()

    def test_silent_server_times_out(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)
        port = sock.getsockname()[1]
        program = self.program("ntp_client", "--host", "127.0.0.1", "--port", port, "--timeout", 0.05)
        self.assert_fails(program, 1, f"127.0.0.1:{port}", "timed out")


if __name__ == "__main__":
    main()
