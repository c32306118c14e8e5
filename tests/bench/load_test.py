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
            peer, _ = self.listener.accept()
            with peer:
                peer.settimeout(processes.PATIENCE)
                while data := peer.recv(65536):
                    for piece in self.answers(data):
                        if piece is None:
                            return
                        peer.sendall(piece)
        except OSError:
            pass  # the load generator has gone: it noticed

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

    def test_a_lost_datagram_is_counted_and_sent_again(self):
        result = self.run_load("udp", lambda n, data: [data] if n % 20 else [], flight=4, verify=True)
        self.assertEqual(result["done"], 50)
        self.assertGreaterEqual(result["lost"], 1)

    def test_a_doubled_datagram_does_not_count_twice(self):
        result = self.run_load("udp", lambda n, data: [data, data], verify=True)
        self.assertEqual(result["done"], 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
