#!/usr/bin/env python3
"""TCP with CPython at the other end, as the CircuitPython examples use it. Names carry the example's number."""

import socket

from harness import ANY_TIME, MESSAGE, SAFETY, Case, endpoint, families, main, receive_all, receive_exactly, reset
from peers import tcp


class OurServer(Case):
    """tcp_echo_server and multi_port_server, and their clients."""

    def echoed_twice(self, client):
        for family in families():
            with self.subTest(family=family.name):
                server, address = self.server("tcp_echo_server", family=family)
                for _ in range(2):  # a new connection each time
                    self.assertEqual(client(family, address, SAFETY), MESSAGE)
                self.stop(server)

    def test_s1_s4_cpython_client(self):
        self.echoed_twice(tcp.client_recv)

    def test_s2_s4_client_with_recv_into(self):
        self.echoed_twice(tcp.client_recv_into)

    def test_s3_client_with_getaddrinfo(self):
        self.echoed_twice(tcp.client_getaddrinfo)

    def test_s7_client_of_a_random_port_of_three(self):
        server = self.program("multi_port_server", "--host", "127.0.0.1", "--port", 0, *ANY_TIME)
        addresses = [server.address() for _ in range(3)]
        self.assertEqual(len(set(addresses)), 3)
        for _ in range(9):
            self.assertEqual(tcp.client_random_port(addresses, SAFETY), MESSAGE)
        self.stop(server)

    def test_s7_all_three_ports_at_once(self):
        server = self.program("multi_port_server", "--host", "127.0.0.1", "--port", 0, *ANY_TIME)
        clients = [self.connected(server.address()) for _ in range(3)]
        for number, client in enumerate(clients):
            client.sendall(b"to %d" % number)
        for number, client in enumerate(clients):
            self.assertEqual(receive_exactly(client, 4), b"to %d" % number)
        self.stop(server)

    def test_s7_silent_client_is_closed_after_a_second(self):
        server = self.program("multi_port_server", "--host", "127.0.0.1", "--port", 0)
        client = self.connected(server.address())
        self.assertEqual(client.recv(1), b"")
        self.stop(server)

    def test_l3_1024_bytes(self):
        server, address = self.server("tcp_echo_server")
        with self.connected(address) as client:
            client.send(b"A5" * 512)
            self.assertEqual(receive_exactly(client, 1024), b"A5" * 512)
        self.stop(server)

    def test_l5_client_without_timeout(self):
        server, address = self.server("tcp_echo_server")
        self.assertEqual(tcp.client_no_timeout(address), MESSAGE)
        self.stop(server)

    def test_l6_host_reads_1024(self):
        server, address = self.server("tcp_echo_server")
        with self.connected(address) as client:
            client.sendall(MESSAGE)
            self.assertEqual(client.recv(1024), MESSAGE)
        self.stop(server)

    def test_half_closed_client_gets_the_rest(self):
        server, address = self.server("tcp_echo_server")
        data = bytes(range(256)) * 4096
        client = self.connected(address)
        sender = self.peer(lambda: (client.sendall(data), client.shutdown(socket.SHUT_WR)))
        self.assertEqual(receive_all(client), data)
        sender.result()
        self.stop(server)

    def test_reset_by_a_client_leaves_the_others_alone(self):
        server, address = self.server("tcp_echo_server")
        other = self.connected(address)
        for _ in range(8):
            client = self.connected(address)
            client.sendall(MESSAGE)
            self.assertEqual(receive_exactly(client, len(MESSAGE)), MESSAGE)
            reset(client)
        other.sendall(MESSAGE)
        self.assertEqual(receive_exactly(other, len(MESSAGE)), MESSAGE)
        other.close()
        self.stop(server)

    def test_all_addresses_take_both_families(self):
        server = self.program("tcp_echo_server", "--port", 0)
        _, port = server.address()
        for family in families():
            host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
            self.assertEqual(tcp.client_recv(family, (host, port), SAFETY), MESSAGE)
        self.stop(server)


class OurClient(Case):
    """tcp_echo_client, and its servers."""

    def exchanged(self, serve, *arguments):
        for family in families():
            with self.subTest(family=family.name):
                listener = self.bound(family)
                peer = self.peer(serve, listener, *arguments)
                address = listener.getsockname()
                lines = self.client("tcp_echo_client", address, *ANY_TIME)
                self.assertEqual(peer.result(), MESSAGE)
                self.assertTrue(lines[0].startswith(f"connected to {endpoint(address)} from "), lines)
                self.assertEqual(lines[1:], ["sent 12 bytes", "received 12 bytes: Hello, world"])

    def test_s5_cpython_server(self):
        self.exchanged(tcp.server_recv)

    def test_s6_s8_server_with_recv_into(self):
        self.exchanged(tcp.server_recv_into)

    def test_s7_three_servers_that_close_without_reply(self):
        listeners = [self.bound() for _ in range(3)]
        peer = self.peer(tcp.server_async, listeners, 3, SAFETY)
        for listener in listeners:
            lines = self.client("tcp_echo_client", listener.getsockname(), *ANY_TIME)
            self.assertEqual(lines[1:], ["sent 12 bytes", "received 0 bytes: "])
        self.assertEqual(peer.result(), [(each.getsockname()[1], MESSAGE) for each in listeners])

    def test_s12_server_that_polls(self):
        self.exchanged(tcp.server_polling)

    def test_l3_1024_bytes(self):
        listener = self.bound()
        peer = self.peer(tcp.server_with, listener)
        lines = self.client("tcp_echo_client", listener.getsockname(), "--message", "A5" * 512, *ANY_TIME)
        self.assertEqual(peer.result(), b"A5" * 512)
        self.assertEqual("".join(line.split(": ")[1] for line in lines[2:]), "A5" * 512)

    def test_l5_host_server(self):
        self.exchanged(tcp.server_recv_128, SAFETY)

    def test_l6_server_with_recvfrom(self):
        self.exchanged(tcp.server_recvfrom)

    def test_name_instead_of_address(self):
        listener = self.bound()
        peer = self.peer(tcp.server_recv, listener)
        address = ("localhost", listener.getsockname()[1])
        lines = self.client("tcp_echo_client", address, *ANY_TIME)
        self.assertEqual(peer.result(), MESSAGE)
        self.assertIn("received 12 bytes: Hello, world", lines)

    def test_new_connection_each_time(self):
        listener = self.bound()
        peer = self.peer(lambda: [tcp.server_recv(listener) for _ in range(3)])
        lines = self.client("tcp_echo_client", listener.getsockname(), "--count", 3, "--interval", 0, *ANY_TIME)
        self.assertEqual(peer.result(), [MESSAGE] * 3)
        self.assertEqual(sum(line.startswith("connected") for line in lines), 3)

    def test_reuse_has_one_connection(self):
        listener = self.bound()
        peer = self.peer(tcp.server_with, listener)  # serves one only
        lines = self.client(
            "tcp_echo_client", listener.getsockname(), "--reuse", "--count", 5, "--interval", 0, *ANY_TIME)
        self.assertEqual(peer.result(), MESSAGE * 5)
        self.assertEqual(sum(line.startswith("connected") for line in lines), 1)
        self.assertEqual(lines.count("received 12 bytes: Hello, world"), 5)

    def test_reuse_connects_again_where_the_server_closes(self):
        listener = self.bound()

        def serve():
            conn, _ = listener.accept()
            with conn:
                receive_exactly(conn, len(MESSAGE))  # closes without a reply
            return tcp.server_recv(listener)

        peer = self.peer(serve)
        lines = self.client(
            "tcp_echo_client", listener.getsockname(), "--reuse", "--count", 2, "--interval", 0, *ANY_TIME)
        self.assertEqual(peer.result(), MESSAGE)
        self.assertEqual(sum(line.startswith("connected") for line in lines), 2)
        self.assertEqual(lines[2], "received 0 bytes: ")

    def test_parallel_connections_are_open_at_once(self):
        listener = self.bound()

        def serve():
            conns = [listener.accept()[0] for _ in range(8)]  # all of them before any answer
            for conn in conns:
                with conn:
                    conn.sendall(conn.recv(256))

        peer = self.peer(serve)
        lines = self.client("tcp_echo_client", listener.getsockname(), "--parallel", 8, *ANY_TIME)
        peer.result()
        self.assertEqual(lines.count("received 12 bytes: Hello, world"), 8)

    def test_ours_to_ours(self):
        for family in families():
            with self.subTest(family=family.name):
                server, address = self.server("tcp_echo_server", family=family)
                lines = self.client("tcp_echo_client", address, "--parallel", 4, "--count", 4, "--reuse",
                                    "--interval", 0, *ANY_TIME)
                self.assertEqual(lines.count("received 12 bytes: Hello, world"), 16)
                self.stop(server)


if __name__ == "__main__":
    main()
