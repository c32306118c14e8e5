#!/usr/bin/env python3
"""port_forwarder between sockets of CPython: both directions, half-close, resets."""

import socket

from harness import (ANY_TIME, MESSAGE, SAFETY, Case, endpoint, families, loopback, main, receive_all,
                     receive_exactly, reset)
from peers import tcp

LARGE = bytes(range(256)) * 16384  # more than any buffer on the way


class Forwarder(Case):
    def forwarder(self, target, family=socket.AF_INET):
        program = self.program("port_forwarder", "--host", loopback(family), "--listen", 0, "--to", endpoint(target),
                               *ANY_TIME)
        return program, program.address()

    def both_ends(self):
        """The forwarder, a client of it, and the connection that it made for that client."""
        listener = self.bound()
        program, address = self.forwarder(listener.getsockname())
        near = self.connected(address)
        far, _ = listener.accept()
        far.settimeout(SAFETY)
        self.addCleanup(far.close)
        return program, near, far

    def test_echo_through_it(self):
        for family in families():
            with self.subTest(family=family.name):
                server, target = self.server("tcp_echo_server", family=family)
                program, address = self.forwarder(target, family)
                for client in (tcp.client_recv, tcp.client_recv_into, tcp.client_getaddrinfo):
                    self.assertEqual(client(family, address, SAFETY), MESSAGE)
                self.stop(program)
                self.stop(server)

    def test_half_close_of_the_client_leaves_the_answer_open(self):
        program, near, far = self.both_ends()
        sender = self.peer(lambda: (near.sendall(LARGE), near.shutdown(socket.SHUT_WR)))
        self.assertEqual(receive_all(far), LARGE)  # to its end, while the other direction is open
        sender.result()
        far.sendall(MESSAGE)
        self.assertEqual(receive_exactly(near, len(MESSAGE)), MESSAGE)
        far.close()
        self.assertEqual(near.recv(1), b"")
        near.close()
        self.stop(program)

    def test_half_close_of_the_target_leaves_the_question_open(self):
        program, near, far = self.both_ends()
        sender = self.peer(lambda: (far.sendall(LARGE), far.shutdown(socket.SHUT_WR)))
        self.assertEqual(receive_all(near), LARGE)
        sender.result()
        near.sendall(MESSAGE)
        self.assertEqual(receive_exactly(far, len(MESSAGE)), MESSAGE)
        near.close()
        self.assertEqual(far.recv(1), b"")
        far.close()
        self.stop(program)

    def test_both_directions_at_once(self):
        program, near, far = self.both_ends()
        senders = [self.peer(lambda sock=sock: (sock.sendall(LARGE), sock.shutdown(socket.SHUT_WR)))
                   for sock in (near, far)]
        receivers = [self.peer(receive_all, sock) for sock in (near, far)]
        for peer in senders:
            peer.result()
        for peer in receivers:
            self.assertEqual(peer.result(), LARGE)
        self.stop(program)

    def test_reset_is_passed_on_as_reset(self):
        for name in ("near", "far"):
            with self.subTest(reset_by=name):
                program, near, far = self.both_ends()
                far.sendall(MESSAGE)
                self.assertEqual(receive_exactly(near, len(MESSAGE)), MESSAGE)
                broken, other = (near, far) if name == "near" else (far, near)
                reset(broken)
                with self.assertRaises(ConnectionResetError):
                    other.recv(1)
                self.stop(program)

    def test_refusing_target(self):
        with socket.socket() as unused:  # bound, and listening to nobody
            unused.bind(("127.0.0.1", 0))
            target = unused.getsockname()
            program, address = self.forwarder(target)
            for _ in range(2):
                client = self.new_socket()
                client.bind(("127.0.0.1", 0))
                where = endpoint(client.getsockname())
                # The reset may come before connecting is noticed.
                with self.assertRaises(ConnectionResetError):
                    client.connect(address)
                    client.recv(1)
                self.assertEqual(program.line(), f"{where}: connect to {endpoint(target)}: connection refused")
            self.stop(program)

    def test_many_clients(self):
        server, target = self.server("tcp_echo_server")
        program, address = self.forwarder(target)
        clients = [self.connected(address) for _ in range(32)]
        for number, client in enumerate(clients):
            client.sendall(b"%04d" % number)
        for number, client in enumerate(clients):
            self.assertEqual(receive_exactly(client, 4), b"%04d" % number)
            client.close()
        self.stop(program)
        self.stop(server)


if __name__ == "__main__":
    main()
