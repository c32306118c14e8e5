#!/usr/bin/env python3
"""CPython's sockets as a platform of the matrix: programs with the names, options and lines of the C++ ones.

    cpython.py tcp_echo_server|tcp_echo_client|udp_echo_server|udp_echo_client|bulk_server|bulk_client OPTIONS…
"""

import argparse
import os
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from peers import tcp, udp  # pylint: disable=wrong-import-position

CLIENT, SERVER = 1, 2
AHEAD = 65536  # programs/exchange.h

# programs/window.h
HEADING = struct.Struct("!IIII")
NO_PIECE, BYE = 0xFFFFFFFF, 0xFFFFFFFE
PIECE = 500
IN_FLIGHT = 3
AGAIN = 0.25  # seconds


def say(line):
    print(line, flush=True)


def pattern(cell, sender, size):
    """programs/pattern.h"""
    first = (cell * 2 + sender) * 7919
    return bytes(((place + first) * 2654435761 & 0xFFFFFFFF) >> 24 for place in range(size))


class Wrong(Exception):
    """What came is not what was sent."""


def receive_exactly(peer, size):
    data = b""
    while len(data) < size:
        piece = peer.recv(size - len(data))
        if not piece:
            raise Wrong(f"an early end at {len(data)}")
        data += piece
    return data


def both_ways(peer, cell, size, own):
    """Sends and receives at once; raises Wrong."""
    ours, theirs = pattern(cell, own, size), pattern(cell, CLIENT + SERVER - own, size)
    moved = threading.Condition()
    received = 0
    ended = False

    def send():
        for at in range(0, size, 1024):
            with moved:
                moved.wait_for(lambda at=at: ended or at < received + AHEAD)
            if ended:
                return
            try:
                peer.sendall(ours[at:at + 1024])
            except OSError:
                return  # which receiving will find too

    sender = threading.Thread(target=send)
    sender.start()
    try:
        while received < size:
            piece = peer.recv(min(size - received, 4096))
            if not piece:
                raise Wrong(f"an early end at {received}")
            if piece != theirs[received:received + len(piece)]:
                raise Wrong(f"a wrong byte after {received}")
            with moved:
                received += len(piece)
                moved.notify()
    except (OSError, Wrong):
        with moved:
            ended = True
            moved.notify()
        peer.close()
        raise
    finally:
        sender.join()


class Window:
    """programs/window.h"""

    def __init__(self, cell, size, own):
        self.cell, self.size = cell, size
        self._ours, self._theirs = pattern(cell, own, size), pattern(cell, CLIENT + SERVER - own, size)
        self._pieces = -(-size // PIECE)
        self._next = self._arrived = self._received = 0
        self._owes = False

    @property
    def done(self):
        return self._received == self._arrived == self._pieces

    @property
    def received_all(self):
        return self._received == self._pieces

    def take(self, number, has, piece):
        """Raises Wrong."""
        if has <= self._pieces:
            self._arrived = max(self._arrived, has)
        self._next = max(self._next, self._arrived)
        if number == NO_PIECE:
            return
        self._owes = True
        if number != self._received:
            return
        at = number * PIECE
        if piece != self._theirs[at:at + PIECE]:
            raise Wrong(f"a wrong byte after {at}")
        self._received += 1

    def due(self):
        while self._next < min(self._pieces, self._arrived + IN_FLIGHT, self._received + AHEAD // PIECE):
            at = self._next * PIECE
            yield self.heading(self._next) + self._ours[at:at + PIECE]
            self._next += 1
            self._owes = False
        if self._owes:
            self._owes = False
            yield self.heading(NO_PIECE)

    def again(self):
        self._next = self._arrived

    def heading(self, number):
        return HEADING.pack(self.cell, self.size, number, self._received)


def good(cell, size):
    say(f"cell {cell}: {size} bytes both ways")


def bulk_client_tcp(options):
    with socket.create_connection((options.host, options.port), timeout=options.timeout) as peer:
        peer.sendall(struct.pack("!II", options.cell, options.bytes))
        both_ways(peer, options.cell, options.bytes, CLIENT)
        if peer.recv(1):
            raise Wrong("more than all")


def bulk_client_udp(options):
    window = Window(options.cell, options.bytes, CLIENT)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect((options.host, options.port))
        sock.settimeout(AGAIN)
        while not window.done:
            for message in window.due():
                sock.send(message)
            try:
                message = sock.recv(2048)
            except socket.timeout:
                window.again()
                continue
            cell, _, number, has = HEADING.unpack_from(message)
            if cell == options.cell:
                if number == BYE:
                    raise Wrong("the server gives up")
                window.take(number, has, message[HEADING.size:])
        while True:
            sock.send(window.heading(BYE))
            try:
                message = sock.recv(2048)
            except socket.timeout:
                continue
            cell, _, number, _ = HEADING.unpack_from(message)
            if (cell, number) == (options.cell, BYE):
                return


def bulk_client(options):
    """A deadline for all of it, as the C++ one has."""
    deadline = threading.Timer(options.timeout, lambda: (say("error: timed out"), os._exit(1)))
    deadline.daemon = True
    deadline.start()
    (bulk_client_udp if options.udp else bulk_client_tcp)(options)
    good(options.cell, options.bytes)


def bulk_answer_tcp(listener):
    while True:
        peer, _ = listener.accept()
        with peer:
            cell = 0
            try:
                cell, size = struct.unpack("!II", receive_exactly(peer, 8))
                both_ways(peer, cell, size, SERVER)
                good(cell, size)
            except (OSError, Wrong) as error:
                say(f"cell {cell}: failed: {error}")


def bulk_answer_udp(sock):
    window = client = None
    busy = False
    while True:
        sock.settimeout(AGAIN if busy else None)
        try:
            message, client = sock.recvfrom(2048)
        except socket.timeout:
            window.again()
        else:
            cell, size, number, has = HEADING.unpack_from(message)
            if number == 0 and (window is None or window.cell < cell):
                window, busy = Window(cell, size, SERVER), True
            if window is None or window.cell != cell:
                continue
            if busy:
                busy = bulk_take(window, number, has, message[HEADING.size:])
            if not busy:
                sock.sendto(window.heading(BYE), client)
        if busy:
            for message in window.due():
                sock.sendto(message, client)


def bulk_take(window, number, has, piece):
    """Whether it goes on."""
    try:
        if number != BYE:
            window.take(number, has, piece)
            return True
        if not window.received_all:
            raise Wrong("the client gives up")
        good(window.cell, window.size)
    except Wrong as error:
        say(f"cell {window.cell}: failed: {error}")
    return False


def bound(options, kind):
    sock = socket.socket(socket.AF_INET, kind)
    sock.bind((options.host, options.port))
    return sock


def listening(options):
    listener = bound(options, socket.SOCK_STREAM)
    listener.listen()
    say("listening on %s:%d" % listener.getsockname())
    return listener


def bulk_server(options):
    sock = bound(options, socket.SOCK_DGRAM)
    say("receiving on %s:%d" % sock.getsockname())
    threading.Thread(target=bulk_answer_udp, args=(sock,), daemon=True).start()
    bulk_answer_tcp(listening(options))


def tcp_echo_server(options):
    listener = listening(options)
    while True:
        tcp.server_recv_into(listener)


def udp_echo_server(options):
    sock = bound(options, socket.SOCK_DGRAM)
    say("listening on %s:%d" % sock.getsockname())
    while True:
        udp.server_recvfrom_into(sock)


def echo_client(once):
    def run(options):
        for _ in range(options.count):
            reply = once(socket.AF_INET, (options.host, options.port), options.timeout)
            say(f"received {len(reply)} bytes: {reply.decode()}")

    return run


PROGRAMS = {
    "tcp_echo_server": tcp_echo_server,
    "tcp_echo_client": echo_client(tcp.client_recv),
    "udp_echo_server": udp_echo_server,
    "udp_echo_client": echo_client(lambda *given: udp.client_recvfrom_into(*given)[0]),
    "bulk_server": bulk_server,
    "bulk_client": bulk_client,
}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program", choices=sorted(PROGRAMS))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--interval", type=float, default=0)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--udp", action="store_true")
    parser.add_argument("--cell", type=int, default=0)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    options = parser.parse_args()
    try:
        PROGRAMS[options.program](options)
    except (OSError, Wrong) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
