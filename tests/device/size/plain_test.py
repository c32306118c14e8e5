#!/usr/bin/env python3
"""The echo server in plain callbacks of lwIP does what a server has to: a figure beside one that does not is none."""

import os
import struct
import sys
import threading

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position

MESSAGE = b"Hello, world"


class Plain(boards.Case):
    def server(self):
        return self.board("lwip_echo", folder="tests/device/size")

    def check_echo(self, peer, message=MESSAGE):
        peer.sendall(message)
        self.assertEqual(self.receive(peer, len(message)), message)

    def test_echoes_much_both_ways_at_once_then_ends(self):
        peer = self.connect(self.server())
        data = os.urandom(200_000)
        sender = threading.Thread(target=lambda: (peer.sendall(data), peer.shutdown(1)))
        sender.start()
        self.assertEqual(self.receive(peer, len(data)), data)
        sender.join()
        self.assertEqual(peer.recv(1), b"")

    def test_keeps_what_a_slow_reader_has_not_read(self):
        board = self.server()
        peer = self.connect(board)
        peer.setsockopt(boards.socket.SOL_SOCKET, boards.socket.SO_SNDBUF, 65536)
        data = os.urandom(2_000_000)
        # More than all buffers on the way hold: it comes to a stop until somebody reads.
        sent = threading.Event()
        sender = threading.Thread(target=lambda: (peer.sendall(data), sent.set()))
        sender.start()
        self.check_echo(self.connect(board))
        self.assertFalse(sent.is_set())
        self.assertEqual(self.receive(peer, len(data)), data)
        sender.join()

    def test_survives_resets_and_more_connections_than_it_has(self):
        board = self.server()
        for _ in range(10):
            peer = self.connect(board)
            peer.sendall(MESSAGE)
            peer.setsockopt(boards.socket.SOL_SOCKET, boards.socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()
        peers = [self.connect(board) for _ in range(40)]
        self.check_echo(peers[0])
        for peer in peers:
            peer.close()
        for i in range(10):
            with board.connect() as peer:
                self.check_echo(peer, b"%d" % i)


if __name__ == "__main__":
    boards.main()
