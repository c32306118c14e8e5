#!/usr/bin/env python3
"""unix_echo and CPython over a Unix socket, both roles."""

import os
import socket
import tempfile

from harness import ANY_TIME, MESSAGE, Case, main, receive_all, receive_exactly


class UnixEcho(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir="/tmp")  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "echo")  # short: such a path has 108 bytes

    def listening(self):
        server = self.program("unix_echo", "--path", self.path)
        self.assertEqual(server.line(), f"listening on {self.path}")
        return server

    def test_cpython_client(self):
        server = self.listening()
        data = MESSAGE * 20000
        for _ in range(2):
            client = self.new_socket(socket.AF_UNIX)
            client.connect(self.path)
            sender = self.peer(lambda sock=client: (sock.sendall(data), sock.shutdown(socket.SHUT_WR)))
            self.assertEqual(receive_all(client), data)
            sender.result()
        self.stop(server)

    def test_path_goes_with_the_server(self):
        server = self.listening()
        self.assertTrue(os.path.exists(self.path))
        self.stop(server)
        self.assertFalse(os.path.exists(self.path))

    def test_cpython_server(self):
        listener = self.new_socket(socket.AF_UNIX)
        listener.bind(self.path)
        listener.listen()

        def serve():
            conn, _ = listener.accept()
            with conn:
                data = receive_exactly(conn, len(MESSAGE))
                conn.sendall(data)
                return data, receive_all(conn)

        peer = self.peer(serve)
        program = self.program("unix_echo", "--path", self.path, "--connect", *ANY_TIME)
        self.assertEqual(program.rest(), (0, ["sent 12 bytes", "received 12 bytes: Hello, world"], []))
        self.assertEqual(peer.result(), (MESSAGE, b""))

    def test_ours_to_ours(self):
        server = self.listening()
        program = self.program("unix_echo", "--path", self.path, "--connect", *ANY_TIME)
        self.assertEqual(program.rest(), (0, ["sent 12 bytes", "received 12 bytes: Hello, world"], []))
        self.stop(server)

    def test_used_path(self):
        self.listening()
        self.assert_fails(self.program("unix_echo", "--path", self.path), 1, self.path, "in use")

    def test_directory_that_is_not_there(self):
        missing = os.path.join(os.path.dirname(self.path), "missing", "echo")
        self.assert_fails(self.program("unix_echo", "--path", missing), 1, "listen on", "address not available")

    def test_nobody_listens(self):
        program = self.program("unix_echo", "--path", self.path, "--connect", *ANY_TIME)
        self.assert_fails(program, 1, self.path, "refused")

    def test_path_that_is_too_long(self):
        for role in ((), ("--connect",)):
            program = self.program("unix_echo", "--path", "/tmp/" + "x" * 200, *role)
            self.assert_fails(program, 1, "/tmp/xxx")


if __name__ == "__main__":
    main()
