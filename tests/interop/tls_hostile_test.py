#!/usr/bin/env python3
"""Peers of TLS that mean ill: an HTTPS server goes on answering others, with bounds on what it spends; a client takes no
part for the whole."""

import contextlib
import os
import random
import resource
import signal
import socket
import ssl
import struct
import tempfile
import time
import unittest

from certificates import Certificates
from harness import ANY_TIME, SAFETY, Case, main, receive_all, reset

TARGET = os.path.abspath("tests/interop/programs/http_target")
REQUEST = b"GET /good HTTP/1.1\r\nHost: a\r\n\r\n"
HANDSHAKE, ALERT, DATA = 22, 21, 23


def record(kind, content, length=None):
    return struct.pack("!BHH", kind, 0x0303, len(content) if length is None else length) + content


def extension(number, content):
    return struct.pack("!HH", number, len(content)) + content


def client_hello(name=b"localhost", more=b"", claims=None):
    """One of TLS 1.2, as RFC 5246, 7.4.1.2, has it, with any bytes as the name; `claims` is another length of it."""
    server_name = struct.pack("!HBH", len(name) + 3, 0, len(name)) + name
    extensions = (extension(0, server_name) + extension(10, b"\x00\x02\x00\x17") + extension(11, b"\x01\x00") +
                  extension(13, b"\x00\x04\x04\x03\x04\x01") + more)
    body = (b"\x03\x03" + bytes(range(32)) + b"\x00" + b"\x00\x02\xc0\x2b" + b"\x01\x00" +
            struct.pack("!H", len(extensions)) + extensions)
    return b"\x01" + struct.pack("!I", len(body) if claims is None else claims)[1:] + body


def hello_records(hello):
    return b"".join(record(HANDSHAKE, hello[at:at + 16384]) for at in range(0, len(hello), 16384))


class Server(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with  # ended by the case
        self.addCleanup(folder.cleanup)
        self.certificates = Certificates(folder.name)
        self.context = ssl.create_default_context(cafile=self.certificates.authority[0])
        self.target = self.program(TARGET, "--host", "127.0.0.1", "--port", 0, *self.certificates.server)
        self.address = self.target.address()
        self.good()
        self.descriptors = self.open_descriptors()

    def secured(self, context=None):
        plain = self.connected(self.address)
        # What it is destroyed with is no end in order.
        secured = (context or self.context).wrap_socket(plain, server_hostname="localhost",
                                                        suppress_ragged_eofs=False)
        self.addCleanup(secured.close)
        return secured

    def good(self):
        """A normal client, which is answered whatever others do."""
        with self.context.wrap_socket(socket.create_connection(self.address, timeout=SAFETY),
                                      server_hostname="localhost") as peer:
            peer.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            answer = receive_all(peer)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer)
            self.assertTrue(answer.endswith(b"GET /good 0"), answer)

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.target.process.pid}/fd"))

    def memory(self):
        with open(f"/proc/{self.target.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def assert_memory(self, each, bound, what):
        print(f"{each:.0f} bytes for {what}", flush=True)
        if "ASAN_OPTIONS" not in os.environ:  # which keeps what was freed
            self.assertLess(each, bound)

    def eventually_as_before(self):
        while self.open_descriptors() > self.descriptors:
            self.good()
            time.sleep(0.02)

    def finish(self):
        """All are gone, and the server has complained about none of them."""
        self.good()
        self.eventually_as_before()
        self.stop(self.target)

    def answer_to(self, data):
        """What comes back until the server closes; a reset counts as that."""
        with socket.create_connection(self.address, timeout=SAFETY) as peer:
            got = b""
            with contextlib.suppress(OSError):
                peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while part := peer.recv(65536):
                    got += part
            return got

    def test_garbage_in_place_of_a_handshake(self):
        chance = random.Random(1)
        hello = hello_records(client_hello())
        cases = [b"", b"\x16", record(HANDSHAKE, b""), record(HANDSHAKE, b"") * 1000, record(HANDSHAKE, b"x", 0),
                 record(HANDSHAKE, b"", 16385), record(HANDSHAKE, b"", 65535), record(HANDSHAKE, b"x" * 20000, 20000),
                 record(HANDSHAKE, b"\x01", 16384), record(DATA, b"x" * 100), record(ALERT, b"\x01\x00"),
                 record(ALERT, b"\x01\x00") * 1000, record(20, b"\x01") * 1000, record(99, b"x"), hello * 2,
                 b"\x80\x2e\x01\x03\x01" + bytes(44), REQUEST, b"\x00" * 70000]
        cases += [chance.randbytes(chance.randrange(1, 600)) for _ in range(100)]
        cases += [record(HANDSHAKE, chance.randbytes(chance.randrange(1, 600))) for _ in range(50)]
        for _ in range(200):
            spoilt = bytearray(hello)
            for _ in range(chance.randrange(1, 4)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            cases.append(bytes(spoilt[:chance.choice([len(spoilt), chance.randrange(len(spoilt))])]))
        for number, data in enumerate(cases):
            got = self.answer_to(data)
            self.assertNotIn(b"HTTP", got)
            self.assertTrue(not got or got[0] in (HANDSHAKE, ALERT), (data, got))
            if number % 20 == 0:
                self.good()
        self.finish()

    def test_plain_http(self):
        got = self.answer_to(REQUEST)
        self.assertNotIn(b"HTTP", got)
        self.finish()

    def test_garbage_after_the_handshake(self):
        chance = random.Random(2)
        for data in (record(DATA, chance.randbytes(100)), record(DATA, b"", 65535), record(DATA, b""),
                     record(HANDSHAKE, chance.randbytes(100)), record(ALERT, b"\x02\x28"), record(99, b"x"), REQUEST,
                     chance.randbytes(40000), record(HANDSHAKE, client_hello())):
            with self.subTest(data[:20]):
                peer = self.secured()
                plain = socket.socket(fileno=os.dup(peer.fileno()))
                with plain, contextlib.suppress(OSError):  # its own errors are of that kind as well
                    plain.sendall(data)
                    plain.shutdown(socket.SHUT_WR)
                    self.assertEqual(receive_all(peer), b"")
                peer.close()
        self.finish()

    def test_cut_in_every_phase(self):
        """Without close_notify, by an end and by a reset of TCP."""
        body = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
        for cut in (socket.socket.close, reset):
            for size in (1, 5, 60, None):  # bytes of a hello
                peer = self.connected(self.address)
                peer.sendall(hello_records(client_hello())[:size])
                cut(peer)
            for sent in (b"", REQUEST[:10], body[:-2], body, body + b"x" * 999, body[:-4] + b"\r\nExpect: 100-continue\r\n\r\n"):
                peer = self.secured()
                peer.sendall(sent)
                cut(peer)
            # Idle, after an answer.
            peer = self.secured()
            peer.sendall(REQUEST)
            while not peer.recv(1000).endswith(b"GET /good 0"):
                pass
            cut(peer)
            self.good()
        self.finish()

    def test_a_body_that_was_cut_is_no_body(self):
        for end, answered in ((b"", False), (b"0\r\n\r\n", True)):
            peer = self.secured()
            peer.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n" + end)
            plain = socket.socket(fileno=os.dup(peer.fileno()))
            with plain:
                plain.shutdown(socket.SHUT_WR)
                got = b""
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    while part := peer.recv(1000):
                        got += part
            self.assertEqual(b" 200 OK" in got, answered, got)
        self.finish()

    def test_too_many_connections_are_told_so_in_tls(self):
        peers = [self.secured() for _ in range(400)]
        peers[-1].sendall(REQUEST)  # By its answer all of them are known.
        self.assertTrue(peers[-1].recv(1000).startswith(b"HTTP/1.1 200 OK\r\n"))
        for _ in range(3):
            more = self.secured()
            self.assertTrue(more.recv(1000).startswith(b"HTTP/1.1 503 Service Unavailable\r\n"))
            more.close()
        for peer in peers:
            peer.close()
        while True:
            with contextlib.suppress(AssertionError):
                self.good()
                break
        self.finish()

    def test_half_handshakes(self):
        before = self.memory()
        hello = hello_records(client_hello())
        count = 300
        peers = []
        for number in range(count):
            peer = self.connected(self.address)
            peer.sendall(hello[:number % 6] if number % 2 else hello)
            peers.append(peer)
            if number % 50 == 0:
                self.good()
        self.good()
        self.assert_memory((self.memory() - before) / count, 200_000, "half a handshake")
        # They are not waited for, though nobody ends them.
        self.eventually_as_before()
        for peer in peers:
            peer.close()
        self.finish()

    # To look at memory this sanitizer opens a pipe, and takes it for a fault where it cannot.
    @unittest.skipIf("UBSAN_OPTIONS" in os.environ, "it wants descriptors of its own")
    def test_half_handshakes_take_all_descriptors(self):
        resource.prlimit(self.target.process.pid, resource.RLIMIT_NOFILE, (100, 100))
        peers = [self.connected(self.address) for _ in range(200)]
        for peer in peers:
            peer.sendall(b"\x16\x03\x01")
        self.good()  # when their time is over
        self.assertLessEqual(self.open_descriptors(), 100)
        self.eventually_as_before()
        self.target.send(signal.SIGINT)
        status, _, errors = self.target.rest()
        self.assertEqual(status, 0)
        for line in errors:
            self.assertIn("too many open sockets; accepting pauses", line)

    def test_hellos_that_are_too_long(self):
        before = self.memory()
        hello = client_hello(claims=2**24 - 1)
        got = self.answer_to(hello_records(hello))
        self.assertEqual(got[:1], bytes([ALERT]))
        peers = []
        for _ in range(100):  # as long as may be, and never complete
            peer = self.connected(self.address)
            peer.sendall(hello_records(client_hello(claims=131_000)))
            peers.append(peer)
        self.good()
        self.assert_memory((self.memory() - before) / 100, 300_000, "a long hello")
        self.assertEqual(self.answer_to(hello_records(client_hello(more=extension(21, bytes(60_000)))))[:1],
                         bytes([HANDSHAKE]))
        for peer in peers:
            peer.close()
        self.finish()

    def test_names(self):
        for name, kind in ((b"localhost", HANDSHAKE), (b"a" * 255, HANDSHAKE), (b"a" * 256, ALERT), (b"a" * 20_000, ALERT),
                           (b"localhost\x00", ALERT), (b"localhost\x00.example", ALERT), (b"\x00", ALERT),
                           (b"", HANDSHAKE), (b"\xff" * 255, HANDSHAKE), (b".", HANDSHAKE), (b"*", HANDSHAKE)):
            with self.subTest(name[:30]):
                self.assertEqual(self.answer_to(hello_records(client_hello(name)))[:1], bytes([kind]))
        self.finish()

    def test_no_common_protocol(self):
        context = ssl.create_default_context(cafile=self.certificates.authority[0])
        context.set_alpn_protocols(["h2", "h3"])
        with self.assertRaisesRegex(ssl.SSLError, "(?i)no.application.protocol"):
            self.secured(context)
        context.set_alpn_protocols(["h2", "http/1.1"])
        self.assertEqual(self.secured(context).selected_alpn_protocol(), "http/1.1")
        self.finish()


class Client(Case):
    """http_client and servers that cut."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with  # ended by the case
        self.addCleanup(folder.cleanup)
        self.certificates = Certificates(folder.name)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*self.certificates.server)

    def ask(self, answer, ends, cut=socket.socket.close):
        """Status, output and complaint of a client whom `answer` is sent, with an end in order or without."""
        listener = self.bound()

        def serve():
            plain, _ = listener.accept()
            if answer is None:
                plain.recv(4096)
                cut(plain)
                return
            peer = self.context.wrap_socket(plain, server_side=True)
            while not peer.recv(4096).endswith(b"\r\n\r\n"):
                pass
            peer.sendall(answer)
            if ends:
                with contextlib.suppress(OSError):  # who has all that it wanted may be gone
                    peer.unwrap()
            cut(peer)

        peer = self.peer(serve)
        program = self.program("http_client", "--url", f"https://127.0.0.1:{listener.getsockname()[1]}/",
                               "--authorities", self.certificates.authority[0], *ANY_TIME)
        status, lines, errors = program.rest()
        peer.result()
        return status, lines, errors

    def test_cuts(self):
        head = b"HTTP/1.1 200 OK\r\n"
        for phase, answer in (("TLS", None), ("head", b""), ("head", head), ("body", head + b"\r\npart"),
                              ("body", head + b"Content-Length: 10\r\n\r\npart"),
                              ("body", head + b"Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")):
            for cut in (socket.socket.close, reset):
                with self.subTest(answer, cut=cut):
                    status, _, errors = self.ask(answer, False, cut)
                    self.assertEqual(status, 1)
                    self.assertEqual(len(errors), 1, errors)
                    # A reset may overtake what was sent before it.
                    at = phase if cut is not reset or answer is None else "(send|head|body)"
                    self.assertRegex(errors[0], f"^error: {at} https://127.0.0.1:.*: connection reset by peer$")

    def test_ends_in_order(self):
        head = b"HTTP/1.1 200 OK\r\n"
        self.assertEqual(self.ask(head + b"\r\nall", True), (0, ["all"], []))
        self.assertEqual(self.ask(head + b"Content-Length: 3\r\n\r\nall", True), (0, ["all"], []))
        # That is complete without.
        self.assertEqual(self.ask(head + b"Content-Length: 3\r\n\r\nall", False), (0, ["all"], []))
        status, _, errors = self.ask(head + b"Content-Length: 10\r\n\r\npart", True)
        self.assertEqual(status, 1)
        self.assertRegex(errors[0], "^error: body https://127.0.0.1:.*: end of stream$")


if __name__ == "__main__":
    main()
