#!/usr/bin/env python3
"""TLS on a board: CPython's ssl as the client, and how a board without entropy refuses."""

import os
import re
import ssl
import sys

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position



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
        peers = [self.secured(board, context) for _ in range(3)]
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


if __name__ == "__main__":
    boards.main()
