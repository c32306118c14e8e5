#!/usr/bin/env python3
"""UDP with CPython at the other end, as the CircuitPython examples use it. Names carry the example's number."""

import socket

from harness import ANY_TIME, MESSAGE, SAFETY, Case, endpoint, families, main
from peers import udp


class OurServer(Case):
    def echoed_twice(self, client):
        for family in families():
            with self.subTest(family=family.name):
                server, address = self.server("udp_echo_server", family=family)
                for _ in range(2):  # a new socket each time
                    reply, sender = client(family, address, SAFETY)
                    self.assertEqual((reply, sender[:2]), (MESSAGE, address))
                self.stop(server)

    def test_s9_client_with_recvfrom_into(self):
        self.echoed_twice(udp.client_recvfrom_into)

    def test_s10_connected_client(self):
        self.echoed_twice(udp.client_connected)

    def test_empty_datagram_comes_back_empty(self):
        server, address = self.server("udp_echo_server")
        reply, sender = udp.client_recvfrom_into(socket.AF_INET, address, SAFETY, b"")
        self.assertEqual((reply, sender), (b"", address))
        self.assertEqual(udp.client_connected(socket.AF_INET, address, SAFETY)[0], MESSAGE)
        self.stop(server)

    def test_long_datagram_is_cut_and_told(self):
        server, address = self.server("udp_echo_server")
        client = self.bound(kind=socket.SOCK_DGRAM)
        for size, cut in ((256, False), (257, True), (1024, True), (3, False)):
            client.sendto(b"x" * size, address)
            self.assertEqual(client.recv(2048), b"x" * min(size, 256))
            if cut:
                told = f"a datagram from {endpoint(client.getsockname())} was cut to 256 bytes"
                self.assertEqual(server.line(), told)
        self.stop(server)

    def test_boundaries_and_senders_are_kept(self):
        server, address = self.server("udp_echo_server")
        clients = [self.bound(kind=socket.SOCK_DGRAM) for _ in range(4)]
        for number in range(8):
            for who, client in enumerate(clients):
                client.sendto(b"%d from %d" % (number, who), address)
        for number in range(8):
            for who, client in enumerate(clients):
                self.assertEqual(client.recv(256), b"%d from %d" % (number, who))
        self.stop(server)

    def test_client_that_is_gone_does_not_stop_it(self):
        server, address = self.server("udp_echo_server")
        for _ in range(3):
            # Refuses what comes from the server, but keeps its port from being anybody else's.
            gone = self.new_socket(kind=socket.SOCK_DGRAM)
            gone.sendto(MESSAGE, address)
            gone.connect(("127.0.0.1", 9))
        self.assertEqual(udp.client_recvfrom_into(socket.AF_INET, address, SAFETY)[0], MESSAGE)
        self.stop(server)

    def test_all_addresses_take_both_families(self):
        server = self.program("udp_echo_server", "--port", 0)
        _, port = server.address()
        for family in families():
            host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
            reply, sender = udp.client_recvfrom_into(family, (host, port), SAFETY)
            self.assertEqual((reply, sender[:2]), (MESSAGE, (host, port)))
        self.stop(server)


class OurClient(Case):
    def exchanged(self, serve):
        for family in families():
            with self.subTest(family=family.name):
                sock = self.bound(family, socket.SOCK_DGRAM)
                where = endpoint(sock.getsockname())
                peer = self.peer(serve, sock)
                lines = self.client("udp_echo_client", sock.getsockname(), *ANY_TIME)
                self.assertEqual(peer.result(), MESSAGE)
                self.assertEqual(
                    lines, [f"sent 12 bytes to {where}", f"received 12 bytes from {where}: Hello, world"])

    def test_s11_server_with_recvfrom_into(self):
        self.exchanged(udp.server_recvfrom_into)

    def test_s13_server_with_recvfrom(self):
        self.exchanged(udp.server_recvfrom)

    def test_new_socket_each_time(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)

        def serve():
            senders = []
            for _ in range(3):
                data, sender = sock.recvfrom(256)
                sock.sendto(data, sender)
                senders.append(sender)
            return senders

        peer = self.peer(serve)
        lines = self.client("udp_echo_client", sock.getsockname(), "--count", 3, "--interval", 0, *ANY_TIME)
        self.assertEqual(len(peer.result()), 3)
        self.assertEqual(len(lines), 6)

    def test_empty_datagram(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)
        where = endpoint(sock.getsockname())
        peer = self.peer(udp.server_recvfrom_into, sock)
        lines = self.client("udp_echo_client", sock.getsockname(), "--message", "", *ANY_TIME)
        self.assertEqual(peer.result(), b"")
        self.assertEqual(lines, [f"sent 0 bytes to {where}", f"received 0 bytes from {where}: "])

    def test_long_reply_is_cut_and_told(self):
        sock = self.bound(kind=socket.SOCK_DGRAM)

        def serve():
            _, sender = sock.recvfrom(256)
            sock.sendto(b"y" * 300, sender)

        peer = self.peer(serve)
        lines = self.client("udp_echo_client", sock.getsockname(), *ANY_TIME)
        peer.result()
        self.assertEqual(lines[1], f"received 256 bytes (cut) from {endpoint(sock.getsockname())}: " + "y" * 256)

    def test_ours_to_ours(self):
        for family in families():
            with self.subTest(family=family.name):
                server, address = self.server("udp_echo_server", family=family)
                lines = self.client("udp_echo_client", address, *ANY_TIME)
                self.assertEqual(lines[1], f"received 12 bytes from {endpoint(address)}: Hello, world")
                self.stop(server)


if __name__ == "__main__":
    main()
