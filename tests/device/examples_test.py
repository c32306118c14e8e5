#!/usr/bin/env python3
"""The examples with TCP, unchanged, as firmware on an emulated board, against CPython's sockets."""

import os
import sys
import threading

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position

MESSAGE = b"Hello, world"


class TcpServer(boards.Case):
    def talk(self, board, **options):
        """A connection that the server has answered: a chip has a few sockets that listen, and refuses whoever comes before
        there are new ones."""
        peer = self.connect(board, **options)
        peer.sendall(MESSAGE)
        self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)
        return peer

    def test_echoes(self):
        peer = self.connect(self.board("tcp_echo_server"))
        peer.sendall(MESSAGE)
        self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)

    def test_echoes_much_both_ways_at_once_then_ends(self):
        peer = self.connect(self.board("tcp_echo_server"))
        data = os.urandom(200_000)
        sender = threading.Thread(target=lambda: (peer.sendall(data), peer.shutdown(1)))
        sender.start()
        self.assertEqual(self.receive(peer, len(data)), data)
        sender.join()
        self.assertEqual(peer.recv(1), b"")

    def test_serves_connections_side_by_side_and_in_turn(self):
        board = self.board("tcp_echo_server")
        peers = [self.talk(board) for _ in range(5)]
        for round_number in range(5):
            for i, peer in enumerate(peers):
                message = b"%d of %d" % (round_number, i)
                peer.sendall(message)
                self.assertEqual(self.receive(peer, len(message)), message)
        for peer in peers:
            peer.close()
        for i in range(30):
            peer = self.connect(board)
            peer.sendall(b"%d" % i)
            self.assertEqual(self.receive(peer, len(b"%d" % i)), b"%d" % i)
            peer.close()

    def test_tells_what_tasks_wait_for_and_drains(self):
        board = self.board("tcp_echo_server")
        peer = self.connect(board)
        peer.sendall(MESSAGE)
        self.receive(peer, len(MESSAGE))
        board.emulator.press(boards.CTRL_T)
        self.assertRegex(board.line("serve at "), r"^examples/tcp_echo_server.cc:\d+: accept on (\[::\]|0.0.0.0):5000")
        self.assertRegex(board.line("  echo at "), r"^examples/tcp_echo_server.cc:\d+: read from 10.0.2.2:\d+ on")
        board.emulator.press(boards.CTRL_C)
        self.assertEqual(board.end(), 0)

    def test_more_connections_than_there_is_room_for(self):
        board = self.board("tcp_echo_server")
        if self.has_nina:
            self.lets_some_wait(board)
            return
        if self.has_chip:
            self.refuses_some(board)
            return
        peers = [self.connect(board) for _ in range(40)]
        peers[0].sendall(MESSAGE)
        self.assertEqual(self.receive(peers[0], len(MESSAGE)), MESSAGE)
        for peer in peers:
            peer.close()
        peer = self.connect(board)
        peer.sendall(MESSAGE)
        self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)

    def refuses_some(self, board):
        def attempt():
            try:
                return self.talk(board)
            except ConnectionError:
                return None

        peers = [attempt() for _ in range(12)]
        served = [peer for peer in peers if peer]
        self.assertGreaterEqual(len(served), 7)
        self.assertLessEqual(len(served), 8)
        for peer in served:
            peer.sendall(MESSAGE)
            self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)
            peer.close()
        while not attempt():
            pass

    def lets_some_wait(self, board):
        served = [self.talk(board) for _ in range(5)]
        waiting = [self.connect(board) for _ in range(3)]
        for each in waiting:
            each.sendall(MESSAGE)
        for each in served:
            each.sendall(MESSAGE)
            self.assertEqual(self.receive(each, len(MESSAGE)), MESSAGE)
            each.close()
        for each in waiting:
            self.assertEqual(self.receive(each, len(MESSAGE)), MESSAGE)

    def test_peers_that_never_read_keep_others_from_nothing(self):
        board = self.board("tcp_echo_server")
        full = [self.talk(board, receives=4096) for _ in range(4)]
        for peer in full:
            peer.setblocking(False)
        for last in (False, True):
            while any([self.stuff(peer) for peer in full]):
                pass
            peer = self.connect(board)
            peer.sendall(MESSAGE)
            self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)
            if not last:
                for each in full[:2]:  # a reset, as much is unread
                    each.close()
                del full[:2]

    def stuff(self, peer):
        """How much more fits on the way to the board."""
        try:
            return peer.send(bytes(65536))
        except BlockingIOError:
            return 0

    @boards.needs("multi_port_server")
    def test_three_ports(self):
        board = self.board("multi_port_server")
        for port in (5000, 5001, 5002):
            peer = self.connect(board, port)
            peer.sendall(MESSAGE)
            self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)

    @boards.needs("readme_echo_server")
    def test_the_front_page(self):
        peer = self.connect(self.board("readme_echo_server"))
        peer.sendall(MESSAGE)
        self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)

    @boards.needs("chat_server")
    def test_chat(self):
        board = self.board("chat_server")
        first = self.connect(board).makefile("rwb", buffering=0)
        self.assertEqual(first.readline(), b"* you are client 1\n")
        second = self.connect(board).makefile("rwb", buffering=0)
        self.assertEqual(second.readline(), b"* you are client 2\n")
        self.assertEqual(first.readline(), b"* client 2 is here\n")
        second.write(b"hello\n")
        self.assertEqual(first.readline(), b"2: hello\n")

    @boards.needs("port_forwarder")
    def test_forwards_and_keeps_half_closes(self):
        listener, port = self.listener()
        board = self.board("port_forwarder", "--to", f"{boards.HOST}:{port}")
        peer = self.connect(board)
        there = self.accept(listener)
        peer.sendall(MESSAGE)
        if self.has_nina:  # it ends both halves or none
            self.assertEqual(self.receive(there, len(MESSAGE)), MESSAGE)
        else:
            peer.shutdown(1)
            self.assertEqual(self.receive(there, 100), MESSAGE)
        there.sendall(b"and back")
        self.assertEqual(self.receive(peer, len(b"and back")), b"and back")
        there.close()
        self.assertEqual(peer.recv(1), b"")


class TcpClient(boards.Case):
    def test_a_new_connection_each_time(self):
        listener, port = self.listener()
        board = self.board(
            "tcp_echo_client", "--host", boards.HOST, "--port", port, "--count", 2, "--interval", "0.01"
        )
        for _ in range(2):
            peer = self.accept(listener)
            self.assertEqual(self.receive(peer, len(MESSAGE)), MESSAGE)
            peer.sendall(MESSAGE)
            self.assertEqual(board.line("received "), "12 bytes: Hello, world")
            self.assertEqual(peer.recv(1), b"")
        self.assertEqual(board.end(), 0)

    def test_nobody_listens(self):
        listener, port = self.listener()
        listener.close()
        board = self.board("tcp_echo_client", "--host", boards.HOST, "--port", port)
        self.assertEqual(board.line("error: "), f"connect to {boards.HOST}:{port}: connection refused")
        self.assertEqual(board.end(), 1)

    def test_no_answer_in_time(self):
        _, port = self.listener()
        board = self.board("tcp_echo_client", "--host", boards.HOST, "--port", port, "--timeout", "0.3")
        self.assertRegex(board.line("error: "), "timed out$")
        self.assertEqual(board.end(), 1)

    def test_wrong_argument(self):
        board = self.board("tcp_echo_client", "--port", "70000")
        self.assertEqual(board.line("error: "), "--port: not an option, or not its value")
        self.assertEqual(board.end(), 2)

    @boards.needs("http_get")
    def test_http_get(self):
        listener, port = self.listener()
        board = self.board("http_get", "--host", boards.HOST, "--port", port, "--path", "/page")
        peer = self.accept(listener)
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            asked += self.receive(peer, 1)
        self.assertTrue(asked.startswith(b"GET /page HTTP/1.0\r\n"))
        peer.sendall(b"HTTP/1.0 200 OK\r\n\r\nthe page\n")
        peer.close()
        board.line("HTTP/1.0 200 OK")
        board.line("the page")
        self.assertEqual(board.end(), 0)


    @boards.needs("http_client")
    def test_http_client(self):
        """A POST whose answer moves to another place, which comes in chunks, on the same connection."""
        listener, port = self.listener()
        board = self.board("http_client", "--url", f"http://{boards.HOST}:{port}/moved", "--data", "on", "--header")
        peer = self.accept(listener)
        fields = f"Host: {boards.HOST}:{port}\r\n".encode()
        agent = b"User-Agent: eddy\r\n"
        posted = (b"POST /moved HTTP/1.1\r\n" + fields + b"Content-Type: text/plain; charset=utf-8\r\n" + agent +
                  b"Content-Length: 2\r\n\r\non")
        self.assertEqual(self.receive(peer, len(posted)), posted)
        peer.sendall(b"HTTP/1.1 303 See Other\r\nLocation: page\r\nContent-Length: 5\r\n\r\nmoved")
        asked = b"GET /page HTTP/1.1\r\n" + fields + agent + b"\r\n"
        self.assertEqual(self.receive(peer, len(asked)), asked)
        peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nthe \r\n5\r\npage\n\r\n0\r\n\r\n")
        for line in ("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "the page"):
            self.assertEqual(board.line(line), "")
        self.assertEqual(board.end(), 0)
        listener.close()
        board = self.board("http_client", "--url", f"http://{boards.HOST}:{port}/page")
        self.assertEqual(board.line("error: "), f"connect http://{boards.HOST}:{port}/page: connection refused")
        self.assertEqual(board.end(), 1)


@boards.needs("websocket_chat")
class WebSocket(boards.Case):
    def test_chat(self):
        board = self.board("websocket_chat")
        first, second = self.visit(board), self.visit(board)
        self.assertEqual(self.message(first), b"* client 1 is here")
        self.assertEqual(self.message(first), b"* client 2 is here")
        self.assertEqual(self.message(second), b"* client 2 is here")
        # Masks that change nothing: RFC 6455, 5.3, asks only that there is one.
        second.sendall(b"\x89\x84\0\0\0\0ping\x01\x83\0\0\0\0hel\x80\x82\0\0\0\0lo")
        self.assertEqual(self.receive(second, 6), b"\x8a\x04ping")
        for each in (first, second):
            self.assertEqual(self.message(each), b"2: hello")
        second.sendall(b"\x88\x82\0\0\0\0\x03\xe8")
        self.assertEqual(self.receive(second, 5), b"\x88\x02\x03\xe8")
        self.assertEqual(self.message(first), b"* client 2 has left")
        first.sendall(b"\xf1\x80\0\0\0\0")
        self.assertEqual(self.receive(first, 4), b"\x88\x02\x03\xea")

    def visit(self, board):
        peer = self.connect(board, 8080)
        peer.sendall(b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.receive(peer, 1)
        self.assertIn(b" 101 ", head)
        self.assertIn(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head)
        self.assertNotIn(b"deflate", head)
        return peer

    def message(self, peer):
        kind, size = self.receive(peer, 2)
        self.assertEqual(kind, 0x81)
        return self.receive(peer, size)


@boards.needs("http_hello")
class Http(boards.Case):
    def ask(self, board, request, port=8080):
        """The answer to one request on a connection of its own."""
        peer = self.connect(board, port)
        peer.sendall(request + b"Host: board\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: peer.recv(65536), b""))

    def test_greets_many_pipelined_and_in_turn(self):
        board = self.board("http_hello")
        answer = self.ask(board, b"GET /hello/board HTTP/1.1\r\n")
        # Nobody has told it the time: no Date (RFC 9110, 6.6.1).
        self.assertEqual(answer, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                 b"Content-Length: 5\r\nConnection: close\r\n\r\nboard")
        peer = self.connect(board, 8080)
        peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 500)
        whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n\r\nHello, world\n"
        self.assertEqual(self.receive(peer, 500 * len(whole)), 500 * whole)
        for _ in range(50):
            self.assertIn(b"Hello, world\n", self.ask(board, b"GET / HTTP/1.1\r\n"))

    def test_refuses_what_is_no_request(self):
        board = self.board("http_hello")
        peer = self.connect(board, 8080)
        peer.sendall(b"GET / HTTP/1.1\n")
        self.assertTrue(peer.recv(100).startswith(b"HTTP/1.1 400 Bad Request\r\n"))
        peer = self.connect(board, 8080)
        peer.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20000)
        self.assertTrue(peer.recv(100).startswith(b"HTTP/1.1 431 "))
        self.assertIn(b"Hello, world\n", self.ask(board, b"GET / HTTP/1.1\r\n"))

    def test_serves_its_dashboard(self):
        board = self.board("http_server")
        self.assertIn(b"new WebSocket", self.ask(board, b"GET / HTTP/1.1\r\n"))
        self.assertIn(b'"tasks":["serve at ', self.ask(board, b"GET /figures HTTP/1.1\r\n"))
        peer = self.connect(board, 8080)
        peer.sendall(b"GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        got = b""
        while got.count(b'{"connections":1,') < 2:
            part = peer.recv(65536)
            self.assertNotEqual(part, b"", got)
            got += part
        # RFC 6455, 1.3, has this very key.
        self.assertIn(b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", got)

    @boards.needs("http_board")
    def test_shows_and_switches_lights(self):
        board = self.board("http_board")
        self.assertIn(b"<h2>Lights</h2>", self.ask(board, b"GET / HTTP/1.1\r\n"))
        self.assertIn(b'{"lights":[false,false,false,', self.ask(board, b"GET /state HTTP/1.1\r\n"))
        peer = self.connect(board, 8080)
        peer.sendall(b"PUT /lights/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\non")
        self.assertTrue(peer.recv(100).startswith(b"HTTP/1.1 204 "))
        state = self.ask(board, b"GET /state HTTP/1.1\r\n")
        self.assertIn(b'{"lights":[false,true,false,', state)
        self.assertIn(b'"name":"running"', state)


if __name__ == "__main__":
    boards.main()
