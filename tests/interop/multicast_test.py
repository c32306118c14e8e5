#!/usr/bin/env python3
"""multicast_sender and multicast_listener with CPython, both roles, on the loopback interface only.

The port is free and the group is random, so that runs side by side do not hear each other.
"""

import random
import socket
import struct

from harness import MESSAGE, Case, main

LOOPBACK = socket.if_nametoindex("lo")
IP_MULTICAST_ALL = 49  # ip(7): whether groups that others joined are heard too
COUNT = 3


def random_group():
    return f"239.{random.randint(192, 251)}.{random.randint(0, 255)}.{random.randint(1, 254)}"


def membership(group):
    return struct.pack("@4s4si", socket.inet_aton(group), bytes(4), LOOPBACK)


class Multicast(Case):
    def setUp(self):
        self.group = random_group()

    def listener(self, port=0, count=COUNT):
        program = self.program("multicast_listener", "--group", self.group, "--port", port, "--count", count,
                               "--interface", LOOPBACK)
        group, port = program.address()
        self.assertEqual(group, self.group)
        return program, port

    def cpython_listener(self, port=0):
        sock = self.new_socket(kind=socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL, 0)
        sock.bind(("", port))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership(self.group))
        return sock

    def cpython_sender(self):
        sock = self.new_socket(kind=socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, membership("0.0.0.0"))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
        return sock

    def send_ours(self, port, *arguments):
        sender = self.program("multicast_sender", "--group", self.group, "--port", port, "--interface", LOOPBACK,
                              "--hops", 0, "--interval", 0, *arguments)
        status, lines, errors = sender.rest()
        self.assertEqual((status, errors), (0, []))
        return lines

    def test_ours_to_cpython(self):
        sock = self.cpython_listener()
        port = sock.getsockname()[1]
        lines = self.send_ours(port, "--count", COUNT)
        self.assertEqual(lines, [f"sent 12 bytes to {self.group}:{port}"] * COUNT)
        self.assertEqual([sock.recv(256) for _ in range(COUNT)], [MESSAGE] * COUNT)

    def test_cpython_to_ours(self):
        program, port = self.listener()
        sender = self.cpython_sender()
        for number in range(COUNT):
            sender.sendto(b"message %d" % number, (self.group, port))
        status, lines, errors = program.rest()
        self.assertEqual((status, errors), (0, []))
        for number, line in enumerate(lines):
            self.assertRegex(line, rf"^received 9 bytes from [0-9.]+:{sender.getsockname()[1]}: message {number}$")
        self.assertEqual(len(lines), COUNT)

    def test_every_listener_of_one_port_hears(self):
        sock = self.cpython_listener()
        port = sock.getsockname()[1]
        programs = [self.listener(port)[0] for _ in range(2)]
        self.send_ours(port, "--count", COUNT)
        self.assertEqual([sock.recv(256) for _ in range(COUNT)], [MESSAGE] * COUNT)
        for program in programs:
            status, lines, _ = program.rest()
            self.assertEqual((status, len(lines)), (0, COUNT))

    def test_other_groups_are_not_heard(self):
        program, port = self.listener(count=1)
        while (other := random_group()) == self.group:
            pass
        keeper = self.cpython_listener(port)  # the host does receive the other group
        keeper.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership(other))
        sender = self.cpython_sender()
        sender.sendto(b"not for it", (other, port))
        self.assertEqual(keeper.recv(256), b"not for it")
        sender.sendto(MESSAGE, (self.group, port))
        status, lines, _ = program.rest()
        self.assertEqual((status, len(lines)), (0, 1))
        self.assertTrue(lines[0].endswith(": Hello, world"))

    def test_empty_message(self):
        program, port = self.listener(count=1)
        self.send_ours(port, "--message", "")
        status, lines, _ = program.rest()
        self.assertEqual(status, 0)
        self.assertTrue(lines[0].startswith("received 0 bytes from "))

    def test_no_multicast_address(self):
        program = self.program("multicast_listener", "--group", "127.0.0.1", "--port", 0)
        self.assert_fails(program, 1, "join 127.0.0.1", "invalid")

    def test_no_such_interface(self):
        program = self.program("multicast_listener", "--group", self.group, "--port", 0, "--interface", 2**31 - 1)
        self.assert_fails(program, 1, f"join {self.group}")


if __name__ == "__main__":
    main()
