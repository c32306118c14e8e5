#!/usr/bin/env python3
"""TLS on a board: CPython's ssl as the client and as the server, and how a board without entropy refuses."""

import os
import re
import ssl
import sys
import tempfile

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position
import certificates  # pylint: disable=wrong-import-position


def certificate(machine):
    """The one that was made when the firmware was built."""
    with open(f"tests/device/{machine}/tls.elf", "rb") as file:
        found = re.search(b"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", file.read(), re.DOTALL)
    return found[0].decode()


class Tls(boards.Case):
    def secured(self, board, context):
        plain = self.connect(board, 4433)
        secured = context.wrap_socket(plain, server_hostname="board.test")
        self.addCleanup(secured.close)
        return secured

    def test_echoes(self):
        board = self.board("tls")
        board.line("warn: INSECURE: keys from a fixed sequence")
        context = ssl.create_default_context(cadata=certificate(self.machine))
        data = os.urandom(20_000)
        session = None
        for resumed in (False, True):
            plain = self.connect(board, 4433)
            with context.wrap_socket(plain, server_hostname="board.test", session=session) as peer:
                self.assertEqual(peer.version(), "TLSv1.2")
                self.assertEqual(peer.session_reused, resumed)
                for at in range(0, len(data), 2000):
                    peer.sendall(data[at:at + 2000])
                    self.assertEqual(self.receive(peer, 2000), data[at:at + 2000])
                session = peer.session
                peer.unwrap()  # both say that it is the end

    def test_several_at_once(self):
        board = self.board("tls")
        context = ssl.create_default_context(cadata=certificate(self.machine))
        stalled = self.connect(board, 4433)
        stalled.sendall(b"\x16\x03\x01")
        # A handshake takes rp2040js some ten seconds.
        peers = [self.secured(board, context) for _ in range(1 if self.has_chip else 3)]
        for turn in range(2):
            for peer in peers:
                peer.sendall(b"turn %d" % turn)
            for peer in peers:
                self.assertEqual(self.receive(peer, 6), b"turn %d" % turn)

    def test_is_refused_without_entropy(self):
        board = self.board("tls_without_entropy")
        board.line("error: TLS is refused: this board has no source of entropy")
        board.line("error: TLS without a source of entropy: not supported")
        self.assertEqual(board.end(), 1)


class Https(boards.Case):
    """http_client, which has no files: the authority is given as it is."""

    @classmethod
    def setUpClass(cls):
        cls.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            cls.authority = certificates.make(folder, "a.test", cls.context)
            cls.other = certificates.make(folder, "b.test")

    def setUp(self):
        self.listening, self.port = self.listener()
        server = self.name_server({("a.test", 1): [bytes([10, 0, 2, 2])]})
        self.static = f"10.0.2.15/24,dns=10.0.2.2:{server}"
        self.url = f"https://a.test:{self.port}/page"

    def ask(self, program, *arguments):
        return self.board(program, "--url", self.url, *arguments, static=self.static)

    def test_asks(self):
        board = self.ask("https_client", "--authorities", self.authority)
        with self.context.wrap_socket(self.accept(self.listening), server_side=True) as peer:
            self.assertEqual(peer.version(), "TLSv1.2")
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                request += peer.recv(1000)
            self.assertEqual(request.split(b"\r\n")[:2], [b"GET /page HTTP/1.1", b"Host: a.test:%d" % self.port])
            lines = [b"line %d\n" % number for number in range(3000)]
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % sum(map(len, lines)))
            for line in lines:
                peer.sendall(line)
            for line in lines:
                board.line(line.decode().rstrip())
            self.assertEqual(board.end(), 0)

    def test_trusts_nobody_else(self):
        board = self.ask("https_client", "--authorities", self.other)
        with self.assertRaises(ssl.SSLError):
            self.context.wrap_socket(self.accept(self.listening), server_side=True)
        board.line(f"error: TLS {self.url} (unknown authority): permission denied")
        self.assertEqual(board.end(), 1)
        board = self.ask("https_client")
        board.line(f"error: TLS {self.url} (a device trusts nobody but --authorities): invalid argument")
        self.assertEqual(board.end(), 1)

    def test_is_refused_without_entropy(self):
        board = self.ask("http_client", "--authorities", self.authority)
        board.line("error: TLS is refused: this board has no source of entropy")
        board.line(f"error: TLS {self.url} (TLS without a source of entropy): not supported")
        self.assertEqual(board.end(), 1)

    def test_arguments_that_are_too_long(self):
        refusal = "the board takes 766 bytes of arguments"
        if self.has_chip:  # its emulator is a program of its own
            board = self.ask("http_client", "--authorities", self.authority + self.other)
            board.line(f"error: {refusal}")
            self.assertEqual(board.end(), 1)
            return
        with self.assertRaisesRegex(SystemExit, refusal):
            self.ask("http_client", "--authorities", self.authority + self.other)

    def test_asks_without_tls(self):
        self.url = self.url.replace("https", "http")
        board = self.ask("http_client")
        peer = self.accept(self.listening)
        self.assertTrue(peer.recv(1000).startswith(b"GET /page HTTP/1.1\r\n"))
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nthe page\n")
        board.line("the page")
        self.assertEqual(board.end(), 0)


if __name__ == "__main__":
    boards.main()
