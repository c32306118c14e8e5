#!/usr/bin/env python3
"""http_get and CPython's own web servers. Names carry the CircuitPython example's number."""

import http.server
import os
import subprocess
import tempfile
import wsgiref.simple_server

from harness import ANY_TIME, EXAMPLES, SAFETY, Case, main, receive_exactly
from web_servers import QuietApplication, QuietFiles, running

PAGE = b"This is a test of Adafruit WiFi!\nIf you can read this, its working :)\n"


class Get(Case):
    def get(self, port, path, host="127.0.0.1"):
        """The status line, the header's lines and the body."""
        program = self.program("http_get", "--host", host, "--port", port, "--path", path, *ANY_TIME)
        status, lines, errors = program.rest()
        self.assertEqual((status, errors), (0, []))
        lines = [line.rstrip("\r") for line in lines]
        blank = lines.index("")
        return lines[0], lines[1:blank], lines[blank + 1:]

    def test_l1_page(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "testwifi"))
            for name, content in (("testwifi/index.html", PAGE), ("large.txt", b"a line of text\n" * 100000)):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(content)

            def handler(*arguments):
                return QuietFiles(*arguments, directory=folder)

            with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
                status, header, body = self.get(port, "/testwifi/index.html")
                self.assertEqual(status, "HTTP/1.0 200 OK")
                self.assertIn(f"Content-Length: {len(PAGE)}", header)
                self.assertEqual(body, PAGE.decode().splitlines())
                self.assertEqual(self.get(port, "/large.txt")[2], ["a line of text"] * 100000)
                self.assertIn(" 404 ", self.get(port, "/nothing")[0])

    def test_l4_wsgi_application(self):
        def application(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [f"{environ[name]}\n".encode() for name in
                    ("REQUEST_METHOD", "PATH_INFO", "SERVER_PROTOCOL", "HTTP_HOST")]

        server = wsgiref.simple_server.make_server(
            "127.0.0.1", 0, application, handler_class=QuietApplication)
        with running(server) as port:
            status, _, body = self.get(port, "/led/on")
            self.assertEqual(status, "HTTP/1.0 200 OK")
            self.assertEqual(body, ["GET", "/led/on", "HTTP/1.0", "127.0.0.1"])

    def test_l1_request_is_exact(self):
        listener = self.bound()
        expected = b"GET /testwifi/index.html HTTP/1.0\r\nHost: localhost\r\n\r\n"

        def serve():
            conn, _ = listener.accept()
            with conn:
                request = receive_exactly(conn, len(expected))
                conn.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
                for byte in PAGE:  # in the smallest pieces
                    conn.sendall(bytes([byte]))
            return request

        peer = self.peer(serve)
        page = self.get(listener.getsockname()[1], "/testwifi/index.html", "localhost")
        self.assertEqual(peer.result(), expected)
        self.assertEqual(page, ("HTTP/1.0 200 OK", [], PAGE.decode().splitlines()))

    def test_full_disk(self):
        listener = self.bound()

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(256)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\na page\n")

        peer = self.peer(serve)
        command = [os.path.join(EXAMPLES, "http_get"), "--host", "127.0.0.1", "--port",
                   str(listener.getsockname()[1])]
        with open("/dev/full", "wb") as full:
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=SAFETY)
        peer.result()
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"write to standard output", ended.stderr)

    def test_silent_server_times_out(self):
        listener = self.bound()
        port = listener.getsockname()[1]
        program = self.program("http_get", "--host", "127.0.0.1", "--port", port, "--timeout", 0.05)
        self.assert_fails(program, 1, f"127.0.0.1:{port}", "timed out")


if __name__ == "__main__":
    main()
