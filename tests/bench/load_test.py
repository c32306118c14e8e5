#!/usr/bin/env -S python3 -B
"""Whether the load generator notices servers that do not echo as they should."""

import os
import socket
import threading
import types
import unittest

import processes


def changed(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def http_answer(body, second=0):
    date = b"Date: Tue, 24 Nov 2026 17:00:%02d GMT" % second
    return b"HTTP/1.1 200 OK\r\n%b\r\ncontent-length: %d\r\n\r\n%b" % (date, len(body), body)


class Misbehaving:
    """An echo server in a thread, with the interface of processes.Running. `answer` makes the list of what is sent
    for the n-th piece of data, from 0; None instead of a piece closes the connection."""

    server = types.SimpleNamespace(name="misbehaving")

    def __init__(self, kind, answer):
        self.answer = answer
        self.count = 0
        self.pid = os.getpid()
        self.listener = socket.create_server(("127.0.0.1", 0)) if kind == socket.SOCK_STREAM else self.datagrams()
        self.listener.settimeout(processes.PATIENCE)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.stream if kind == socket.SOCK_STREAM else self.packets)

    @staticmethod
    def datagrams():
        result = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        result.bind(("127.0.0.1", 0))
        return result

    def answers(self, data):
        pieces = self.answer(self.count, data)
        self.count += 1
        return pieces

    def stream(self):
        try:
            while True:
                self.serve(self.listener.accept()[0])
        except OSError:
            pass  # the load generator has gone: it noticed

    def serve(self, peer):
        with peer:
            peer.settimeout(processes.PATIENCE)
            while data := peer.recv(65536):
                for piece in self.answers(data):
                    if piece is None:
                        return
                    peer.sendall(piece)

    def packets(self):
        try:
            while True:
                data, sender = self.listener.recvfrom(65536)
                if not data:
                    return
                for piece in self.answers(data):
                    self.listener.sendto(piece, sender)
        except OSError:
            pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        if self.listener.type == socket.SOCK_STREAM:
            self.listener.shutdown(socket.SHUT_RDWR)  # ends the accept
        else:
            with self.datagrams() as last:
                last.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.listener.close()


class LoadTest(unittest.TestCase):
    def run_load(self, mode, answer, **arguments):
        kind = socket.SOCK_DGRAM if mode == "udp" else socket.SOCK_STREAM
        with Misbehaving(kind, answer) as server:
            return processes.load(mode, server, requests=50, sleep=True, **arguments)

    def assert_noticed(self, message, mode, answer, **arguments):
        with self.assertRaisesRegex(processes.Failure, message):
            self.run_load(mode, answer, **arguments)

    def test_a_faithful_echo_passes(self):
        for mode in ("tcp", "udp"):
            with self.subTest(mode=mode):
                result = self.run_load(mode, lambda n, data: [data], verify=True)
                self.assertEqual((result["done"], result["lost"]), (50, 0))

    def test_an_answer_in_pieces_passes(self):
        self.assertEqual(self.run_load("tcp", lambda n, data: [data[:9], data[9:]], verify=True)["done"], 50)

    def test_other_content_is_noticed_when_verifying(self):
        for mode in ("tcp", "udp"):
            with self.subTest(mode=mode):
                self.assert_noticed("differs", mode, lambda n, data: [changed(data)], verify=True)

    def test_an_answer_to_an_earlier_request_is_noticed(self):
        earlier = []
        self.assert_noticed("differs", "tcp", lambda n, data: [earlier.append(data) or earlier[0]], verify=True)

    def test_a_longer_answer_is_noticed(self):
        self.assert_noticed("more bytes|something came", "tcp", lambda n, data: [data + b"x"])
        self.assert_noticed("length", "udp", lambda n, data: [data + b"x"])

    def test_a_byte_after_the_last_answer_is_noticed(self):
        self.assert_noticed("more bytes|something came", "tcp", lambda n, data: [data + b"x" * (n == 49)])

    def test_a_connection_closed_early_is_noticed(self):
        self.assert_noticed("closed|recv", "tcp", lambda n, data: [data if n < 20 else None])
        self.assert_noticed("closed|recv", "churn", lambda n, data: [None])

    def assert_http_noticed(self, message, answer):
        """`answer` makes the n-th answer; the first one is what the others are compared with."""
        self.assert_noticed(message, "http", lambda n, data: [answer(n)], verify=True, path="/")

    def test_http_answers_with_other_dates_pass(self):
        def answers(n, data):
            self.assertTrue(data.startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:"))
            return [http_answer(b"abc", second=n % 60)] * data.count(b"GET ")

        self.assertEqual(self.run_load("http", answers, verify=True, path="/x")["done"], 50)
        self.assertGreaterEqual(self.run_load("http", answers, verify=True, path="/x", flight=8)["done"], 50)

    def test_other_http_answers_are_noticed(self):
        good = http_answer(b"abc")
        self.assert_http_noticed("differs", lambda n: http_answer(b"abd") if n == 30 else good)
        self.assert_http_noticed("differs", lambda n: good.replace(b"200", b"500") if n == 30 else good)
        self.assert_http_noticed("more bytes|something came", lambda n: good + good if n == 30 else good)
        self.assert_http_noticed("more bytes|something came", lambda n: http_answer(b"abcd") if n == 49 else good)
        self.assert_http_noticed("closed|recv", lambda n: good if n < 30 else None)

    def test_a_first_http_answer_that_is_none_is_noticed(self):
        self.assert_http_noticed("not 200", lambda n: http_answer(b"abc").replace(b"200", b"404"))
        self.assert_http_noticed("without a length", lambda n: b"HTTP/1.1 200 OK\r\n\r\n")
        self.assert_http_noticed("more bytes", lambda n: http_answer(b"abc") + b"d")
        self.assert_http_noticed("not whole", lambda n: None)

    def test_a_lost_datagram_is_counted_and_sent_again(self):
        result = self.run_load("udp", lambda n, data: [data] if n % 20 else [], flight=4, verify=True)
        self.assertEqual(result["done"], 50)
        self.assertGreaterEqual(result["lost"], 1)

    def test_a_doubled_datagram_does_not_count_twice(self):
        result = self.run_load("udp", lambda n, data: [data, data], verify=True)
        self.assertEqual(result["done"], 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
