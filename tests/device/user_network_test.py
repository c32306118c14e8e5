#!/usr/bin/env python3
"""The user network for hosts that are no machines of QEMU's, from a host that writes its frames by hand."""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, "embedded/emulator")
import user_network  # pylint: disable=import-error,wrong-import-position

SAFETY = 60  # seconds: only ends what hangs
PROGRAM = "embedded/emulator/user_network.py"
MAC = bytes.fromhex("020000000009")
HERE = bytes((10, 0, 2, 15))
HOST = bytes((10, 0, 2, 2))
EVERYBODY = b"\xff" * 4
ARP, IPV4 = b"\x08\x06", b"\x08\x00"
TCP, UDP = 6, 17
SYN, RST, ACK = 0x02, 0x04, 0x10


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", total ^ 0xFFFF)


class Peer:
    """A host with one Ethernet frame after another."""

    def __init__(self, connected, address=HERE):
        self._address = address
        self._socket = connected
        self._socket.settimeout(SAFETY)
        self._stream = self._socket.makefile("rb")
        self._router = b"\xff" * 6
        # Before its answer comes nothing is sent here: it is connected by then.
        self.send(ARP, bytes.fromhex("0001080006040001") + MAC + address + bytes(6) + HOST)
        self.frame()

    def send(self, kind, data):
        frame = self._router + MAC + kind + data
        self._socket.sendall(struct.pack(">I", len(frame)) + frame)

    def frame(self):
        """The next one's type and data. Who asks for this host by ARP gets an answer."""
        while True:
            (length,) = struct.unpack(">I", self._stream.read(4))
            frame = self._stream.read(length)
            kind, data = frame[12:14], frame[14:]
            if kind != ARP or data[7] == 2:
                self._router = frame[6:12]
                return kind, data
            if data[24:28] == self._address:
                self.send(ARP, data[:7] + b"\x02" + MAC + self._address + data[8:18])

    def send_ip(self, protocol, sender, to, data):
        head = struct.pack(">BBHHHBB", 0x45, 0, 20 + len(data), 1, 0, 64, protocol)
        self.send(IPV4, head + checksum(head + b"\0\0" + sender + to) + sender + to + data)

    def ip(self, wanted):
        """The data of the next packet of that protocol."""
        while True:
            kind, packet = self.frame()
            if kind == IPV4 and packet[9] == wanted:
                return packet[(packet[0] & 15) * 4 : int.from_bytes(packet[2:4], "big")]

    def send_udp(self, sender, to, ports, data):
        self.send_ip(UDP, sender, to, struct.pack(">HHHH", *ports, 8 + len(data), 0) + data)

    def close(self):
        self._stream.close()
        self._socket.close()


class UserNetwork(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "wire")

    def wire(self):
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(self.path)
        return wire

    def peer(self, address=HERE):
        peer = Peer(self.wire(), address)
        self.addCleanup(peer.close)
        return peer

    def network(self):
        network = user_network.UserNetwork(self.path)
        self.addCleanup(network.stop)
        return network

    def socket(self, kind):
        made = socket.socket(socket.AF_INET, kind)
        made.settimeout(SAFETY)
        self.addCleanup(made.close)
        return made

    def test_gives_an_address(self):
        self.network()
        peer = self.peer()
        asked = struct.pack(">BBBBI", 1, 1, 6, 0, 7).ljust(28, b"\0") + MAC.ljust(208, b"\0")
        peer.send_udp(bytes(4), EVERYBODY, (68, 67), asked + bytes.fromhex("63825363 350101 ff"))
        offered = peer.ip(UDP)[8:]
        self.assertEqual(offered[16:20], HERE)

    def test_forwards_udp_both_ways(self):
        port = self.network().forward("UDP", 5000)
        peer, here = self.peer(), self.socket(socket.SOCK_DGRAM)
        here.sendto(b"to it", ("127.0.0.1", port))
        datagram = peer.ip(UDP)
        sender, to = struct.unpack(">HH", datagram[:4])
        self.assertEqual((to, datagram[8:]), (5000, b"to it"))
        peer.send_udp(HERE, HOST, (to, sender), b"back")
        self.assertEqual(here.recv(100), b"back")

    def test_forwards_tcp_and_says_from_where_once(self):
        network = self.network()
        port = network.forward("TCP", 5000)
        self.assertEqual(network.forward("TCP", 5000), port)
        peer, here = self.peer(), self.socket(socket.SOCK_STREAM)
        here.connect(("127.0.0.1", port))
        ports_and_sequence, flags = struct.unpack(">8s5xB", peer.ip(TCP)[:14])
        sender, to, sequence = struct.unpack(">HHI", ports_and_sequence)
        self.assertEqual((to, flags), (5000, SYN))
        refused = struct.pack(">HHIIBBHHH", to, sender, 0, sequence + 1, 0x50, RST | ACK, 0, 0, 0)
        pseudo = HERE + HOST + struct.pack(">BBH", 0, TCP, len(refused))
        peer.send_ip(TCP, HERE, HOST, refused[:16] + checksum(pseudo + refused) + refused[18:])
        self.assertEqual(here.recv(1), b"")  # so the network passes a refusal on

    def test_another_peer_after_the_first(self):
        port = self.network().forward("UDP", 5000)
        here = self.socket(socket.SOCK_DGRAM)
        for _ in range(2):
            peer = Peer(self.wire())
            here.sendto(b"to it", ("127.0.0.1", port))
            self.assertEqual(peer.ip(UDP)[8:], b"to it")
            peer.close()

    def test_joins_a_switch_whose_hosts_have_ports_of_their_own(self):
        with socket.socket(socket.AF_UNIX) as switch:
            switch.bind(self.path)
            switch.listen()
            switch.settimeout(SAFETY)
            network = user_network.UserNetwork(self.path, joins=True)
            self.addCleanup(network.stop)
            wire, _ = switch.accept()
        ports = [network.forward("UDP", 5000, address=address) for address in ("10.0.2.15", "10.0.2.16")]
        self.assertNotEqual(*ports)
        peer, here = Peer(wire), self.socket(socket.SOCK_DGRAM)
        self.addCleanup(peer.close)
        here.sendto(b"to it", ("127.0.0.1", ports[0]))
        self.assertEqual(peer.ip(UDP)[8:], b"to it")

    def test_a_port_that_is_taken(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        network = self.network()
        self.assertRaises(RuntimeError, network.forward, "TCP", 5000, taken.getsockname()[1])
        self.assertNotEqual(network.forward("TCP", 5000), taken.getsockname()[1])

    def test_obeys_by_lines_and_ends_with_its_input(self):
        with subprocess.Popen([PROGRAM, self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            def ask(order):
                print(order, file=program.stdin, flush=True)
                return program.stdout.readline().rstrip("\n")

            self.assertEqual(program.stdout.readline(), "ready\n")
            port = int(ask("forward UDP 5000 0 10.0.2.77"))
            self.assertRegex(ask("forward SCTP 1"), "^error: ")
            self.assertRegex(ask(f"forward UDP 5001 {port}"), "^error: ")
            peer, here = self.peer(HERE[:3] + b"\x4d"), self.socket(socket.SOCK_DGRAM)
            here.sendto(b"to it", ("127.0.0.1", port))
            self.assertEqual(peer.ip(UDP)[8:], b"to it")
            program.stdin.close()
            self.assertEqual(program.wait(SAFETY), 0)


if __name__ == "__main__":
    unittest.main()
