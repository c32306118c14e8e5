#!/usr/bin/env python3
"""Interrupting, draining and dumping the examples."""

import os
import signal
import socket
import tempfile

from harness import MESSAGE, Case, endpoint, main, receive_exactly

SERVERS = ("chat_server", "multi_port_server", "port_forwarder", "tcp_echo_server", "udp_echo_server")


class Signals(Case):
    def started(self, name):
        option = "--listen" if name == "port_forwarder" else "--port"
        program = self.program(name, "--host", "127.0.0.1", option, 0)
        return program, program.address()

    def test_sigint_and_sigterm_end_servers_with_0(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for name in SERVERS:
                with self.subTest(name, signal=number.name):
                    self.stop(self.started(name)[0], number)

    def test_unix_echo(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with tempfile.TemporaryDirectory(dir="/tmp") as folder:
                program = self.program("unix_echo", "--path", os.path.join(folder, "echo"))
                program.line()
                self.stop(program, number)

    def test_multicast_listener(self):
        program = self.program("multicast_listener", "--group", "239.251.7.7", "--port", 0,
                               "--interface", socket.if_nametoindex("lo"))
        program.address()
        self.stop(program)

    def test_clients_that_wait_for_an_answer(self):
        # By then the signal is watched for: the client's message is here.
        listener = self.bound()
        for name in ("tcp_echo_client", "http_get"):
            with self.subTest(name):
                program = self.program(name, "--host", "127.0.0.1", "--port", listener.getsockname()[1],
                                       "--timeout", 1000)
                conn, _ = listener.accept()
                with conn:
                    conn.recv(1)
                    program.send(signal.SIGINT)
                    self.assertEqual(program.rest()[0], 0)
        datagrams = self.bound(kind=socket.SOCK_DGRAM)
        for name in ("udp_echo_client", "ntp_client"):
            with self.subTest(name):
                program = self.program(name, "--host", "127.0.0.1", "--port", datagrams.getsockname()[1],
                                       "--timeout", 1000)
                datagrams.recv(256)
                program.send(signal.SIGINT)
                self.assertEqual(program.rest()[0], 0)

    def test_client_that_repeats_for_ever(self):
        server, address = self.server("udp_echo_server")
        program = self.program("udp_echo_client", "--port", address[1], "--count", 0, "--interval", 1000)
        self.assertEqual(program.line(), f"sent 12 bytes to {endpoint(address)}")
        self.assertEqual(program.line(), f"received 12 bytes from {endpoint(address)}: Hello, world")
        self.stop(program)
        self.stop(server)

    def test_draining_finishes_what_a_client_has_begun(self):
        program, address = self.started("tcp_echo_server")
        client = self.connected(address)
        client.sendall(MESSAGE)
        self.assertEqual(receive_exactly(client, len(MESSAGE)), MESSAGE)
        program.send(signal.SIGINT)
        # Draining begins with the listener's end: from then on nobody gets in.
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(address) != 0:
                    break
        # Within the time for draining (a second) the connection is served as before; after it, closed.
        try:
            client.sendall(MESSAGE)
            reply = receive_exactly(client, len(MESSAGE))
        except ConnectionError:
            reply = b""
        self.assertIn(reply, (MESSAGE, b""))
        client.close()
        self.assertEqual(program.rest(), (0, [], []))

    def test_idle_connection_is_closed_after_draining(self):
        program, address = self.started("tcp_echo_server")
        client = self.connected(address)
        client.sendall(MESSAGE)
        self.assertEqual(receive_exactly(client, len(MESSAGE)), MESSAGE)
        program.send(signal.SIGINT)
        self.assertEqual(client.recv(1), b"")
        self.assertEqual(program.rest(), (0, [], []))

    def test_second_sigint_ends_at_once(self):
        for _ in range(50):
            program, address = self.started("tcp_echo_server")
            client = self.connected(address)
            client.sendall(MESSAGE)
            self.assertEqual(receive_exactly(client, len(MESSAGE)), MESSAGE)
            while program.process.poll() is None:  # a signal that comes with another is lost: repeat it
                program.send(signal.SIGINT)
            if program.wait() != 0:
                break
            # This machine was so slow that draining, a second, had ended before the second signal came.
        self.assertEqual(program.wait(), 130)

    def test_sigusr1_dumps_the_tasks(self):
        program, address = self.started("tcp_echo_server")
        client = self.connected(address)
        client.sendall(MESSAGE)
        self.assertEqual(receive_exactly(client, len(MESSAGE)), MESSAGE)
        program.send(signal.SIGUSR1)
        lines = []
        while not any("echo" in line and "read" in line for line in lines):
            line = program.error()
            self.assertIsNotNone(line, lines)
            lines.append(line)
        dump = "\n".join(lines)
        self.assertIn(f"accept on {endpoint(address)}", dump)
        self.assertIn(f"read from {endpoint(client.getsockname())} on {endpoint(address)}", dump)
        self.assertIn("examples/tcp_echo_server.cc:", dump)
        client.close()
        program.send(signal.SIGINT)
        self.assertEqual(program.rest()[0], 0)


class ReadmeServer(Case):
    """The server that the front page shows. Its port is fixed, and may be somebody else's."""

    def listens(self, program, port=5000):
        """Whether the program, and not another, listens there; None while it does not yet."""
        mine = set()
        folder = f"/proc/{program.process.pid}/fd"
        try:
            for descriptor in os.listdir(folder):
                mine.add(os.readlink(os.path.join(folder, descriptor)))
            tables = [open(f"/proc/{program.process.pid}/net/{name}", encoding="ascii").read()
                      for name in ("tcp", "tcp6")]
        except OSError:
            return None
        for line in "\n".join(tables).splitlines():
            fields = line.split()
            if len(fields) > 9 and fields[1].endswith(f":{port:04X}") and fields[3] == "0A":
                if f"socket:[{fields[9]}]" in mine:
                    return True
        return None

    def test_echo_on_port_5000(self):
        program = self.program("readme_echo_server")
        while program.process.poll() is None and not self.listens(program):
            pass
        if program.process.poll() is not None:
            self.assert_fails(program, 1, "listen on", ":5000", "in use")
            self.skipTest("port 5000 is in use")
        with self.connected(("127.0.0.1", 5000)) as client:
            client.sendall(MESSAGE)
            self.assertEqual(receive_exactly(client, len(MESSAGE)), MESSAGE)
        self.stop(program)


if __name__ == "__main__":
    main()
