#!/usr/bin/env python3
"""ntp_client and ntp_server against others: chrony, and CPython as the CircuitPython examples use it.

Names with a number carry that of the CircuitPython example.
"""

import datetime
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time

from harness import ANY_TIME, SAFETY, Case, endpoint, families, main
from peers import udp

CHRONYD = shutil.which("chronyd") or "/usr/sbin/chronyd"
LINE = re.compile(r"(.* UTC) from (.*), stratum (\d+), to within (\d+) ms")


def utc(unix_time):
    return datetime.datetime.fromtimestamp(unix_time, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def unix_time_of(text):
    told = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=datetime.timezone.utc)
    return int(told.timestamp())


class ChronyCase(Case):
    def free_port(self):
        """Nobody else looks for one here: the loopback interface is the test's own, or no other chronyd runs."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            return sock.getsockname()[1]

    def chronyd(self, *lines, options=("-d",)):
        """chronyd that leaves this computer's clock alone (-x), with files of its own."""
        folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        config = os.path.join(folder, "chrony.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("\n".join((*lines, "cmdport 0", f"pidfile {folder}/pid", "bindcmdaddress /", "")))
        user = ("-u", "root") if os.geteuid() == 0 else ()  # else it would become one that may not write here
        # pylint: disable=consider-using-with  # ended below
        process = subprocess.Popen(
            [CHRONYD, "-x", "-U", *user, *options, "-f", config], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait, SAFETY)
        self.addCleanup(process.terminate)
        self.addCleanup(process.stdout.close)
        return process


class TimeClient(ChronyCase):
    def told(self, address, name=None):
        """The answer of a client: time, endpoint, stratum."""
        lines = self.client("ntp_client", (name or address[0], address[1]), *ANY_TIME)
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], LINE)
        told, server, stratum, _ = LINE.fullmatch(lines[0]).groups()
        return unix_time_of(told), server, int(stratum)

    def ask(self, sock, unix_time, name=None):
        """Has a server of fixed time asked; half of the way there and back is added to what it tells."""
        peer = self.peer(udp.time_server, sock, unix_time)
        begin = time.monotonic()
        told, server, stratum = self.told(sock.getsockname(), name)
        self.assertIn(told, range(unix_time, unix_time + int(time.monotonic() - begin) + 1))
        self.assertEqual(stratum, 1)
        return peer.result(), server

    def test_l2_request_and_time(self):
        for family in families():
            with self.subTest(family=family.name):
                sock = self.bound(family, socket.SOCK_DGRAM)
                request, server = self.ask(sock, 1700000000)
                # RFC 4330, 5: all zero, but version 4, mode 3, and a timestamp that is ours to choose.
                self.assertEqual(request[:40], bytes([0b00100011]) + bytes(39))
                self.assertNotEqual(request[40:], bytes(8))
                self.assertEqual(server, endpoint(sock.getsockname()))

    def test_l7_host_name(self):
        family, _, _, _, found = socket.getaddrinfo("localhost", 0, type=socket.SOCK_DGRAM)[0]
        sock = self.bound(family, socket.SOCK_DGRAM)
        _, server = self.ask(sock, 0, "localhost")
        self.assertEqual(server, endpoint((found[0], sock.getsockname()[1])))

    def test_l7_port_is_not_byte_swapped(self):
        # The manual's example prints 31488 for 123. A port whose bytes differ shows the same mistake.
        sock = self.bound(kind=socket.SOCK_DGRAM)
        try:
            sock = self.new_socket(kind=socket.SOCK_DGRAM)
            sock.bind(("127.0.0.1", 123))
        except OSError:  # no right to it, or a time server has it
            sock = self.bound(kind=socket.SOCK_DGRAM)
        port = sock.getsockname()[1]
        _, server = self.ask(sock, 1700000000)
        self.assertEqual(server, f"127.0.0.1:{port}")

    def test_dates(self):
        for unix_time in (951782400, 1709208000, 2085978495, 2085978496, 2208988800):  # leap days; the new era
            with self.subTest(utc(unix_time)):
                self.ask(self.bound(kind=socket.SOCK_DGRAM), unix_time)

    def answers(self, sock, *answers):
        """Answers one request with all of them, made of it; then nobody does any more."""
        request, client = sock.recvfrom(1024)
        for answer in answers:
            sock.sendto(answer(request), client)

    @staticmethod
    def answer(request, stratum=1, reference=b"", mode=4):
        header = struct.pack("!BBbbII4s", 4 << 3 | mode, stratum, 0, -20, 0, 0, reference)
        now = struct.pack("!II", 1700000000 + udp.EPOCH, 0)
        return header + bytes(8) + request[40:48] + now + now

    def test_what_is_no_answer_is_passed_over(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)
        self.peer(
            self.answers, sock, lambda request: request[:47], lambda _: self.answer(bytes(48)),
            lambda request: self.answer(request, mode=5), lambda _: b"", self.answer)
        self.assertEqual(self.told(sock.getsockname())[1], endpoint(sock.getsockname()))

    def test_short_reply_is_refused(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)
        port = sock.getsockname()[1]
        peer = self.peer(udp.time_server, sock, 1700000000, 47)
        program = self.program("ntp_client", "--host", "127.0.0.1", "--port", port, "--timeout", 0.5)
        peer.result()
        # On a slow machine the time may be over when it comes.
        status, _, errors = program.rest()
        self.assertEqual(status, 1)
        self.assertRegex(errors[0], f"^error: .*127.0.0.1:{port}.*: (protocol error|timed out)")

    def test_kiss_of_death_is_named(self):
        for name, code in (("RATE", "limit exceeded"), ("DENY", "permission denied"), ("RSTR", "permission denied")):
            with self.subTest(name):
                sock = self.bound(kind=socket.SOCK_DGRAM)
                kiss = lambda request, of=name: self.answer(request, stratum=0, reference=of.encode())
                self.peer(self.answers, sock, kiss)
                port = sock.getsockname()[1]
                program = self.program("ntp_client", "--host", "127.0.0.1", "--port", port, *ANY_TIME)
                self.assert_fails(program, 1, f"{name} (kiss-o'-death) of 127.0.0.1:{port}", code)

    def test_silent_server_times_out(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)
        port = sock.getsockname()[1]
        program = self.program("ntp_client", "--host", "127.0.0.1", "--port", port, "--timeout", 0.05)
        self.assert_fails(program, 1, f"127.0.0.1:{port}", "timed out")

    def test_chrony_is_asked(self):
        port = self.free_port()
        self.chronyd(f"port {port}", "local stratum 7", "allow 127.0.0.1", "bindaddress 127.0.0.1")
        # It is not there at once, and refuses until then.
        deadline = time.monotonic() + SAFETY
        while time.monotonic() < deadline:
            program = self.program("ntp_client", "--host", "127.0.0.1", "--port", port, *ANY_TIME)
            status, lines, errors = program.rest()
            if status == 0:
                break
            self.assertRegex(errors[0], "connection refused|does not know|unsynchronised")
            time.sleep(0.05)
        told, _, stratum, _ = LINE.fullmatch(lines[0]).groups()
        self.assertAlmostEqual(unix_time_of(told), time.time(), delta=SAFETY)
        self.assertEqual(stratum, "7")


class TimeServer(ChronyCase):
    def exchange(self, address, request):
        sock = self.new_socket(kind=socket.SOCK_DGRAM)
        before = time.time()
        sock.sendto(request, address)
        answer = sock.recv(1024)
        return answer, before, time.time()

    def test_tells_this_computers_time(self):
        program, address = self.server("ntp_server")
        token = os.urandom(8)
        for version in (1, 2, 3, 4):
            answer, before, after = self.exchange(address, bytes([version << 3 | 3]) + bytes(39) + token)
            self.assertEqual(len(answer), 48)
            self.assertEqual(answer[0], version << 3 | 4)
            self.assertEqual((answer[1], answer[12:16]), (10, b"LOCL"))
            self.assertEqual(answer[24:32], token)
            receive, transmit = (whole + part / 2**32 - udp.EPOCH
                                 for whole, part in struct.iter_unpack("!II", answer[32:48]))
            self.assertLessEqual(before - 0.001, receive)
            self.assertLessEqual(receive, transmit)
            self.assertLessEqual(transmit, after + 0.001)
        self.stop(program)

    def test_answers_clients_alone(self):
        _, address = self.server("ntp_server")
        sock = self.new_socket(kind=socket.SOCK_DGRAM)
        last = bytes([0x23]) + bytes(39) + b"the last"
        for request in (b"", last[:47], *(bytes([4 << 3 | mode]) + bytes(47) for mode in (0, 1, 2, 4, 5, 6, 7)),
                        bytes([0 << 3 | 3]) + bytes(47), bytes([5 << 3 | 3]) + bytes(47), last):
            sock.sendto(request, address)
        self.assertEqual(sock.recv(1024)[24:32], b"the last")

    def test_client_of_our_own(self):
        _, address = self.server("ntp_server")
        _, next_address = self.server("ntp_server", "--upstream", address[0], "--upstream-port", address[1])
        lines = self.client("ntp_client", next_address, *ANY_TIME)
        told, server, stratum, _ = LINE.fullmatch(lines[0]).groups()
        self.assertAlmostEqual(unix_time_of(told), time.time(), delta=SAFETY)
        self.assertEqual((server, stratum), (endpoint(next_address), "11"))

    def test_chrony_asks(self):
        _, address = self.server("ntp_server")
        # -Q: it asks, says by how much it would set the clock, and ends.
        process = self.chronyd(
            f"server {address[0]} port {address[1]} iburst maxsamples 4", "maxdistance 16", options=("-Q", "-t", str(SAFETY)))
        output = process.stdout.read().decode()
        self.assertEqual(process.wait(SAFETY), 0, output)
        wrong = re.search(r"System clock wrong by (-?[0-9.]+) seconds", output)
        self.assertIsNotNone(wrong, output)
        self.assertLess(abs(float(wrong.group(1))), 1)


if __name__ == "__main__":
    main()
