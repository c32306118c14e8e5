#!/usr/bin/env python3
"""A platform for the matrix's own test: cpython.py with a fault. liar.py FAULT PROGRAM OPTIONS…"""

import random
import socket
import sys

import cpython


class Lossy(socket.socket):
    """One in five of the datagrams that it sends is lost."""

    chance = random.Random(1)

    def send(self, data, *arguments):
        if self.type == socket.SOCK_DGRAM and self.chance.randrange(5) == 0:
            return len(data)
        return super().send(data, *arguments)

    def sendto(self, data, *arguments):
        if self.chance.randrange(5) == 0:
            return len(data)
        return super().sendto(data, *arguments)


def lose(_):
    socket.socket = Lossy


def spoil(program):
    """It expects what it should, and sends a wrong byte last."""
    own = cpython.SERVER if program.endswith("server") else cpython.CLIENT
    right = cpython.pattern

    def pattern(cell, sender, size):
        data = bytearray(right(cell, sender, size))
        data[-1] ^= sender == own
        return bytes(data)

    cpython.pattern = pattern


def misspell(_):
    def server(listener):
        peer, _ = listener.accept()
        with peer:
            peer.sendall(peer.recv(256).replace(b"world", b"w0rld"))

    cpython.tcp.server_recv_into = server


def stop(program):
    if program.endswith("server"):
        sys.exit("error: no such server")


FAULTS = {"loses": lose, "spoils": spoil, "misspells": misspell, "stops": stop}


if __name__ == "__main__":
    fault = sys.argv.pop(1)
    FAULTS[fault](sys.argv[1])
    cpython.main()
