#!/usr/bin/env python3
"""net/websocket against python3-websockets and npm's ws, in both roles, with and without compression; and the
handshake against requests that are none."""

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import urllib.request

from harness import SAFETY, Case, main, receive_exactly

import harness
import websockets
from certificates import Certificates

harness.EXAMPLES = "tests/interop/programs"
NODE = shutil.which("node") or "/usr/bin/node"
PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "ws_peer.js")
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MODES = ("", "plain", "forgets", "parts")


def flags(mode):
    return [f"--{mode}"] if mode else []


async def talk(peer):
    """Sends messages and expects them back."""
    for message in ("", "Hello", "für €", b"\x00\xff", "x" * 125, "x" * 126, "y" * 65535, os.urandom(65536),
                    "z" * 300_000, "Hello", os.urandom(700_000)):
        await peer.send(message)
        assert await peer.recv() == message, len(message)
        await asyncio.wait_for(await peer.ping(b"ping"), SAFETY)
    await peer.send(["in ", "three ", "parts"])
    assert await peer.recv() == "in three parts"
    await peer.close(4001, "enough")
    assert peer.close_code == 4001, peer.close_code


class Server(Case):
    def url(self, *options):
        _, address = self.server("websocket_echo", *options)
        return f"ws://127.0.0.1:{address[1]}/"

    def node(self, *arguments):
        done = subprocess.run([NODE, PEER, *arguments], capture_output=True, timeout=SAFETY, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def test_python_asks(self):
        for mode in MODES:
            for compression in (None, "deflate"):
                with self.subTest(mode, compression=compression):
                    url = self.url(*flags(mode))

                    async def ask(to, with_compression):
                        async with websockets.connect(
                                to, compression=with_compression, subprotocols=["none", "chat"], max_size=2**20) as peer:
                            assert peer.subprotocol == "chat"
                            compressed = bool(peer.extensions)
                            assert compressed == (with_compression is not None and mode != "plain"), peer.extensions
                            await talk(peer)

                    asyncio.run(ask(url, compression))

    def test_node_asks(self):
        for mode in MODES:
            for compression in ("plain", "takeover", "forgets", "small"):
                with self.subTest(mode, compression=compression):
                    output = self.node("client", self.url(*flags(mode)), compression)
                    self.assertTrue(output.startswith("12 messages, 12 pongs, chat,"), output)
                    both = compression != "plain" and mode != "plain"
                    self.assertEqual("permessage-deflate" in output, both, output)

    def test_what_is_too_long_is_refused(self):
        program, address = self.server("websocket_echo", "--limit", 1000)

        async def ask(compression):
            async with websockets.connect(f"ws://127.0.0.1:{address[1]}/", compression=compression) as peer:
                await peer.send("x" * 1001)
                try:
                    await peer.recv()
                except websockets.ConnectionClosed:
                    return peer.close_code

        self.assertEqual(asyncio.run(ask(None)), 1009)
        self.assertEqual(asyncio.run(ask("deflate")), 1009)
        for _ in range(2):
            self.assertEqual(program.line(), "failed: websocket: a message that is too long: limit exceeded")

    def ask(self, address, *changes, version="HTTP/1.1", method="GET"):
        """The status and the head of the answer to a request that is right but for the changes."""
        fields = {"Host": "a.example", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade",
                  "Sec-WebSocket-Key": KEY, "Sec-WebSocket-Version": "13"}
        extra = []
        for name, value in changes:
            if value is None:
                fields.pop(name)
            elif name in fields:
                fields[name] = value
            else:
                extra.append((name, value))
        lines = [f"{method} / {version}", *(f"{name}: {value}" for name, value in [*fields.items(), *extra]), "", ""]
        with self.connected(address) as peer:
            peer.sendall("\r\n".join(lines).encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                more = peer.recv(1000)
                self.assertTrue(more, answer)
                answer += more
        head = answer.split(b"\r\n\r\n")[0].decode()
        return int(head.split()[1]), head.lower()

    def test_handshake(self):
        _, address = self.server("websocket_echo")
        for status, *changes in (  # RFC 6455, 4.2.1
                (101,), (101, ("Upgrade", "WebSocket")), (101, ("Connection", "upgrade")),
                (101, ("Origin", "http://a.example")), (101, ("Origin", "https://A.example")),
                (403, ("Origin", "http://b.example")), (403, ("Origin", "null")), (403, ("Origin", "http://a.example.b")),
                (426, ("Upgrade", "h2c")), (426, ("Upgrade", None)), (426, ("Connection", "close")),
                (426, ("Connection", None)), (426, ("Sec-WebSocket-Version", "8")), (426, ("Sec-WebSocket-Version", None)),
                (400, ("Sec-WebSocket-Key", None)), (400, ("Sec-WebSocket-Key", "short")),
                (400, ("Sec-WebSocket-Key", KEY[:-2])), (400, ("Content-Length", "1"))):
            with self.subTest(status, changes=changes):
                got, head = self.ask(address, *changes)
                self.assertEqual(got, status, head)
                if status == 101:
                    self.assertIn("sec-websocket-accept: " + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".lower(), head)
                if status == 426:
                    self.assertIn("sec-websocket-version: 13", head)
        self.assertEqual(self.ask(address, version="HTTP/1.0")[0], 426)
        self.assertEqual(self.ask(address, method="PUT", )[0], 400)

    def test_frames_behind_the_request(self):
        _, address = self.server("websocket_echo")
        with self.connected(address) as peer:
            request = (f"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode()
            peer.sendall(request + b"\x81\x82\x00\x00\x00\x00hi")
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += receive_exactly(peer, 1)
            self.assertEqual(receive_exactly(peer, 4), b"\x81\x02hi")

    def test_drains(self):
        program, address = self.server("websocket_echo")
        with self.connected(address):
            self.stop(program)


def talking(done):
    """A handler that talks, and what comes of it."""
    async def handler(peer, *_):
        try:
            await talk(peer)
            done.set_result(None)
        except BaseException as error:  # pylint: disable=broad-except  # raised by who waits
            if not done.done():
                done.set_exception(error)

    return handler


class Client(Case):
    def test_python_answers(self):
        for mode in MODES:
            for compression in (None, "deflate"):
                with self.subTest(mode, compression=compression):
                    asyncio.run(self.answer(mode, compression))

    async def answer(self, mode, compression):
        done = asyncio.get_running_loop().create_future()
        async with websockets.serve(talking(done), "127.0.0.1", 0, subprotocols=["chat"], compression=compression,
                                    max_size=2**20) as server:
            port = server.sockets[0].getsockname()[1]
            program = self.program("websocket_echo", "--connect", f"ws://127.0.0.1:{port}/a?b", *flags(mode))
            await asyncio.wait_for(done, SAFETY)
        status, lines, errors = program.rest()
        compressed = ", compressed" if compression and mode != "plain" else ""
        self.assertEqual((status, lines, errors), (0, [f"protocol chat{compressed}", "closed 4001 enough"], []))

    def test_node_answers(self):
        for mode in MODES:
            for compression in ("plain", "takeover", "forgets", "small"):
                with self.subTest(mode, compression=compression):
                    # pylint: disable=consider-using-with  # ended below
                    server = subprocess.Popen(
                        [NODE, PEER, "server", "-", compression], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    self.addCleanup(server.stderr.close)
                    self.addCleanup(server.stdout.close)
                    self.addCleanup(server.wait, SAFETY)
                    self.addCleanup(server.kill)
                    port = int(server.stdout.readline())
                    program = self.program("websocket_echo", "--connect", f"ws://127.0.0.1:{port}", *flags(mode))
                    status, lines, errors = program.rest()
                    self.assertEqual((status, errors), (0, []), lines)
                    self.assertEqual(lines[-1], "closed 4001 enough")
                    self.assertEqual(server.wait(SAFETY), 0, server.stderr.read())
                    self.assertTrue(server.stdout.readline().startswith(b"12 messages, 12 pongs, chat,"))

    def test_servers_that_are_none(self):
        good = (b"HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n")
        for answer, why in (
                (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "does not change"),
                (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "does not change"),
                (good % b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "another key"),
                (b"HTTP/1.1 101 Yes\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "another protocol"),
                (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "protocol error"), (b"", "end of stream")):
            with self.subTest(answer):
                listener = self.bound()
                port = listener.getsockname()[1]

                def serve(sock, what):
                    conn, _ = sock.accept()
                    with conn:
                        conn.recv(4096)
                        conn.sendall(what)

                peer = self.peer(serve, listener, answer)
                self.assert_fails(self.program("websocket_echo", "--connect", f"ws://127.0.0.1:{port}/"), 1, why)
                peer.result()

    def test_urls(self):
        for url, why in (("http://127.0.0.1/", "invalid argument"), ("wss://127.0.0.1/", "not supported"), ("WSS://a", "not supported"),
                         ("ws://", "invalid argument"), ("ws://a b/", "invalid argument")):
            with self.subTest(url):
                self.assert_fails(self.program("websocket_echo", "--connect", url), 1, why)


class Secure(Case):
    """wss: in both roles."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with  # ended by the case
        self.addCleanup(folder.cleanup)
        self.certificates = Certificates(folder.name)
        self.trust = ("--authorities", self.certificates.authority[0])

    def test_python_asks(self):
        chain, key = self.certificates.server
        program, address = self.server("websocket_echo", "--certificate", chain, "--key", key)
        context = ssl.create_default_context(cafile=self.certificates.authority[0])

        async def ask():
            async with websockets.connect(f"wss://localhost:{address[1]}/", ssl=context, host="127.0.0.1",
                                          subprotocols=["chat"], max_size=2**20) as peer:
                await talk(peer)

        asyncio.run(ask())
        self.assertEqual(program.line(), "closed 4001 enough")
        self.stop(program)

    def test_python_answers(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificates.server)
        asyncio.run(self.answer(context))

    async def answer(self, context):
        done = asyncio.get_running_loop().create_future()
        async with websockets.serve(talking(done), "127.0.0.1", 0, subprotocols=["chat"], ssl=context,
                                    max_size=2**20) as server:
            port = server.sockets[0].getsockname()[1]
            url = f"wss://127.0.0.1:{port}/a?b"
            program = self.program("websocket_echo", "--connect", url, *self.trust)
            await asyncio.wait_for(done, SAFETY)
            self.assertEqual(program.rest(), (0, ["protocol chat, compressed", "closed 4001 enough"], []))
            # Whom it does not trust, it does not talk to.
            stranger = ("--authorities", self.certificates.client[0])
            program = self.program("websocket_echo", "--connect", url, *stranger)
            refused = await asyncio.get_running_loop().run_in_executor(None, program.rest)
            self.assertEqual((refused[0], refused[1]), (1, []))
            self.assertIn("unable to get local issuer certificate: permission denied", refused[2][0])

    def test_tls_that_is_none(self):
        listener = self.bound()

        def serve():
            conn, _ = listener.accept()
            with conn:
                conn.recv(4096)
                conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        peer = self.peer(serve)
        url = f"wss://127.0.0.1:{listener.getsockname()[1]}/"
        self.assert_fails(self.program("websocket_echo", "--connect", url, *self.trust), 1, "TLS with 127.0.0.1",
                          "protocol error")
        peer.result()


class Chat(Case):
    def test_what_one_says_all_hear(self):
        harness.EXAMPLES = "examples"
        self.addCleanup(setattr, harness, "EXAMPLES", "tests/interop/programs")
        program, address = self.server("websocket_chat")
        with urllib.request.urlopen(f"http://127.0.0.1:{address[1]}/", timeout=SAFETY) as page:
            self.assertIn(b"new WebSocket", page.read())
        asyncio.run(self.meet(f"ws://127.0.0.1:{address[1]}/chat", program))
        self.assertEqual(program.rest(), (0, [], []))

    async def meet(self, url, program):
        async with websockets.connect(url) as first, websockets.connect(url) as second:
            self.assertEqual(await first.recv(), "* client 1 is here")
            self.assertEqual(await first.recv(), "* client 2 is here")
            self.assertEqual(await second.recv(), "* client 2 is here")
            await second.send("hello")
            self.assertEqual(await first.recv(), "2: hello")
            self.assertEqual(await second.recv(), "2: hello")
            async with websockets.connect(url) as third:
                self.assertEqual(await third.recv(), "* client 3 is here")
                await third.send(b"binary")
                with self.assertRaises(websockets.ConnectionClosed):
                    await third.recv()
                self.assertEqual((third.close_code, third.close_reason), (1003, "only text"))
            self.assertEqual(await first.recv(), "* client 3 is here")
            self.assertEqual(await first.recv(), "* client 3 has left")
            await second.recv()
            await second.recv()
            await second.send("x" * 501)
            with self.assertRaises(websockets.ConnectionClosed):
                await second.recv()
            self.assertEqual(second.close_code, 1009)
            self.assertEqual(await first.recv(), "* client 2 has left")
            program.send(signal.SIGINT)
            with self.assertRaises(websockets.ConnectionClosed):
                await first.recv()
            self.assertEqual((first.close_code, first.close_reason), (1001, ""))


if __name__ == "__main__":
    main()
