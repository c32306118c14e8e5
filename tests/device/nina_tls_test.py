#!/usr/bin/env python3
"""TLS that a NINA module speaks, with CPython's ssl as the server."""

import contextlib
import os
import ssl
import sys
import tempfile

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position
import certificates  # pylint: disable=wrong-import-position


class NinaTls(boards.Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.right, cls.unknown, cls.elsewhere = (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for _ in range(3))
        authorities = certificates.make(folder.name, "localhost", cls.right)
        authorities += certificates.make(folder.name, "elsewhere.test", cls.elsewhere)
        cls.authorities = os.path.join(folder.name, "authorities")
        with open(cls.authorities, "w", encoding="ascii") as file:
            file.write(authorities)
        certificates.make(folder.name, "localhost", cls.unknown)  # another one of that name

    def connect_to(self, port, **options):
        return self.board("nina_tls", "--host", "localhost", "--port", port, **options)

    def test_echoes(self):
        names = []
        self.right.sni_callback = lambda _, name, __: names.append(name)
        listener, port = self.listener()
        board = self.connect_to(port, authorities=self.authorities)
        data = os.urandom(20_000)
        with self.right.wrap_socket(self.accept(listener), server_side=True) as peer:
            board.line("connected to localhost")
            self.assertEqual(names, ["localhost"])
            for at in range(0, len(data), 5000):
                peer.sendall(data[at:at + 5000])
                self.assertEqual(self.receive(peer, 5000), data[at:at + 5000])
            with contextlib.suppress(OSError):
                peer.unwrap()  # tells the end, and hears the connection's
        board.line("echoed 20000 bytes")
        self.assertEqual(board.end(), 0)

    def refused(self, context, **options):
        """The server may not be told: the module looks at the certificate when it has shaken hands."""
        listener, port = self.listener()
        board = self.connect_to(port, **options)
        with contextlib.suppress(OSError), context.wrap_socket(self.accept(listener), server_side=True):
            pass
        self.assertEqual(board.end(), 1)
        self.assertEqual(board.line("error: "), "connect to localhost: input/output error (code 19968)")
        self.assertNotIn("connected to localhost", board.seen)

    def test_trusts_no_other_authority(self):
        self.refused(self.unknown, authorities=self.authorities)

    def test_trusts_no_other_name(self):
        self.refused(self.elsewhere, authorities=self.authorities)

    def test_trusts_what_its_firmware_does(self):
        self.refused(self.right)

    def test_finds_nobody(self):
        listener, port = self.listener()
        listener.close()
        board = self.connect_to(port, authorities=self.authorities)
        board.line("error: connect to localhost: ")
        self.assertEqual(board.end(), 1)


if __name__ == "__main__":
    boards.main()
