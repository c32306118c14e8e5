#!/usr/bin/env python3
"""An agent (protocol.h) over CPython's sockets: non-blocking ones and a selector.

Prints the port of 127.0.0.1 where it takes its one user, and ends with it.
"""

import errno
import os
import selectors
import socket
import struct
import sys

(OPEN_STREAM, OPEN_DATAGRAM, CONNECT, READ, WRITE, SHUTDOWN, LISTEN, ACCEPT, BIND, CONNECT_UDP, SEND, RECEIVE, JOIN,
 LEAVE, CANCEL, CLOSE, ABORT, ENDS, OPTION, DROPPED, SOCKETS) = range(1, 22)  # fmt: skip

# net/core/error.h
(OK, CANCELLED, TIMED_OUT, REFUSED, RESET, BROKEN_PIPE, UNREACHABLE, IN_USE, NOT_AVAILABLE) = range(9)  # fmt: skip
NOT_CONNECTED, NOT_SUPPORTED, INVALID, PERMISSION, TOO_LONG, TOO_MANY, NO_MEMORY, DOWN = range(11, 19)
IO_ERROR = 23

CODES = {
    errno.ETIMEDOUT: TIMED_OUT,
    errno.ECONNREFUSED: REFUSED,
    errno.ECONNRESET: RESET,
    errno.ECONNABORTED: RESET,
    errno.EPIPE: BROKEN_PIPE,
    errno.ENETUNREACH: UNREACHABLE,
    errno.EHOSTUNREACH: UNREACHABLE,
    errno.EADDRINUSE: IN_USE,
    errno.EADDRNOTAVAIL: NOT_AVAILABLE,
    errno.ENOTCONN: NOT_CONNECTED,
    errno.EDESTADDRREQ: NOT_CONNECTED,
    errno.EAFNOSUPPORT: NOT_SUPPORTED,
    errno.ENOPROTOOPT: NOT_SUPPORTED,
    errno.EINVAL: INVALID,
    errno.EACCES: PERMISSION,
    errno.EPERM: PERMISSION,
    errno.EMSGSIZE: TOO_LONG,
    errno.EMFILE: TOO_MANY,
    errno.ENOMEM: NO_MEMORY,
    errno.ENOBUFS: NO_MEMORY,
    errno.ENETDOWN: DOWN,
}

V4, V6 = 1, 2
FAMILIES = {V4: socket.AF_INET, V6: socket.AF_INET6}
MAPPED = bytes(10) + b"\xff\xff"
RESETS = struct.pack("ii", 1, 0)  # SO_LINGER: on, no time


class Failure(Exception):
    """What the library says for a failure that CPython does not raise itself."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def pack_endpoint(name):
    if not name:
        return bytes(19)
    host, port = name[:2]
    if ":" not in host:
        return bytes([V4]) + socket.inet_pton(socket.AF_INET, host).ljust(16, b"\0") + struct.pack("<H", port)
    address = socket.inet_pton(socket.AF_INET6, host)
    if address.startswith(MAPPED):
        return bytes([V4]) + address[12:].ljust(16, b"\0") + struct.pack("<H", port)
    return bytes([V6]) + address + struct.pack("<H", port)


def unpack_endpoint(body, family):
    """The name for a socket of that family, or None; and what follows."""
    kind, address, port = body[0], body[1:17], struct.unpack_from("<H", body, 17)[0]
    rest = body[19:]
    if kind == 0:
        return None, rest
    if kind == V6:
        return (socket.inet_ntop(socket.AF_INET6, address), port), rest
    host = socket.inet_ntop(socket.AF_INET, address[:4])
    return (("::ffff:" if family == socket.AF_INET6 else "") + host, port), rest


class Socket:
    """One socket, and what is being done with it in each direction: (verb, body) or None."""

    def __init__(self, family, kind):
        self.socket = None
        if kind is not None:
            self.take(socket.socket(family, kind))
        self.incoming = None
        self.outgoing = None
        self.aborted = False
        self.reset = False  # as the system says it only once
        self.cut = False
        self.peer = None

    def take(self, made):
        made.setblocking(False)
        if made.type == socket.SOCK_STREAM:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = made

    def events(self):
        return (selectors.EVENT_READ if self.incoming else 0) | (selectors.EVENT_WRITE if self.outgoing else 0)

    def is_stream(self):
        return self.socket is not None and self.socket.type == socket.SOCK_STREAM

    def resets(self):
        if self.socket.fileno() != -1:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)


class Agent:
    def __init__(self, control):
        self.control = control
        self.sockets = {}
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ)
        self.input = b""

    def serve(self):
        while True:
            for key, events in self.selector.select(None):
                if key.fileobj is self.control:
                    data = self.control.recv(65536)
                    if not data:
                        return
                    self.input += data
                    self.take_messages()
                else:
                    number = key.data
                    if number in self.sockets and events & selectors.EVENT_READ:
                        self.go_on(number, "incoming")
                    if number in self.sockets and events & selectors.EVENT_WRITE:
                        self.go_on(number, "outgoing")

    def take_messages(self):
        while len(self.input) >= 9:
            length, verb, number = struct.unpack_from("<IBI", self.input)
            if len(self.input) < 9 + length:
                return
            body, self.input = self.input[9:9 + length], self.input[9 + length:]
            self.handle(verb, number, body)

    def reply(self, verb, number, code, native=0, result=b""):
        message = struct.pack("<IBIBi", 5 + len(result), verb, number, code, native) + result
        self.control.setblocking(True)
        self.control.sendall(message)
        self.control.setblocking(False)

    def fail(self, verb, number, failure):
        if isinstance(failure, Failure):
            self.reply(verb, number, failure.code)
        else:
            self.reply(verb, number, CODES.get(failure.errno, IO_ERROR), failure.errno or 0)

    # One message.

    def handle(self, verb, number, body):
        if verb == LISTEN:
            self.sockets[number] = Socket(None, None)
        each = self.sockets.get(number)
        if verb in (READ, ACCEPT, RECEIVE):
            each.incoming = (verb, body)
            self.go_on(number, "incoming")
        elif verb in (CONNECT, WRITE, SHUTDOWN, LISTEN, BIND, CONNECT_UDP, SEND, JOIN, LEAVE):
            each.outgoing = (verb, body)
            self.go_on(number, "outgoing", first=True)
        elif verb == CANCEL:
            if each is not None:
                self.cancel(number, each, body[0])
        elif verb == CLOSE:
            if each is not None:
                self.close(number, each, body[0])
        elif verb == ABORT:
            self.abort(number, each)
        else:
            try:
                self.reply(verb, number, OK, 0, self.answer(verb, number, each, body))
            except (OSError, Failure) as failure:
                self.fail(verb, number, failure)

    def answer(self, verb, number, each, body):
        if verb == OPEN_STREAM:
            self.sockets[number] = Socket(FAMILIES[body[0]], socket.SOCK_STREAM)
        elif verb == OPEN_DATAGRAM:
            made = Socket(FAMILIES[body[0]], socket.SOCK_DGRAM)
            if body[0] == V6:
                made.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            self.sockets[number] = made
        elif verb == ENDS:
            return self.ends(each)
        elif verb == OPTION:
            self.set_option(each, body[0], struct.unpack_from("<i", body, 1)[0])
        elif verb == DROPPED:
            return bytes(8)  # CPython does not tell
        elif verb == SOCKETS:
            return struct.pack("<II", len(os.listdir("/proc/self/fd")), 0)
        return b""

    def ends(self, each):
        local = peer = None
        if each is not None and each.socket is not None and not each.aborted:
            local = each.socket.getsockname()
            peer = each.peer
            if local[1] == 0:
                local = None
        elif each is not None:
            peer = each.peer
        return pack_endpoint(local) + pack_endpoint(peer)

    def set_option(self, each, option, value):
        if each.is_stream():
            if each.aborted:
                raise Failure(RESET)
            if value < 0:
                raise Failure(INVALID)
            if option == 0:
                each.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, value)
            elif option == 1:
                each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1 if value else 0)
                if value:
                    each.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, value)
            else:
                which = socket.SO_SNDBUF if option == 2 else socket.SO_RCVBUF
                each.socket.setsockopt(socket.SOL_SOCKET, which, value)
        elif option == 0:
            each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, value)
        elif option == 4:
            each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, value)
            each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, value)
        elif option in (5, 6):
            which = socket.SO_SNDBUF if option == 6 else socket.SO_RCVBUF
            each.socket.setsockopt(socket.SOL_SOCKET, which, value)
        else:
            raise Failure(NOT_SUPPORTED)

    def cancel(self, number, each, verb):
        direction = "incoming" if verb in (READ, ACCEPT, RECEIVE) else "outgoing"
        doing = getattr(each, direction)
        if doing is None:
            return  # the answer is on its way
        setattr(each, direction, None)
        if verb == WRITE:
            each.cut = True
        if verb == CONNECT:
            self.forget(each)
            each.socket.close()
        self.watch(number, each)
        self.reply(doing[0], number, CANCELLED)

    def close(self, number, each, reset):
        if each.socket is not None:
            if each.is_stream() and (reset or each.cut):
                each.resets()
            self.forget(each)
            each.socket.close()
        del self.sockets[number]

    def abort(self, number, each):
        if each.aborted:
            return
        each.aborted = True
        self.forget(each)
        each.resets()
        each.socket.close()
        for direction in ("incoming", "outgoing"):
            if getattr(each, direction):
                self.go_on(number, direction)

    # What may take time.

    def forget(self, each):
        if each.socket.fileno() != -1 and each.socket.fileno() in self.selector.get_map():
            self.selector.unregister(each.socket)

    def watch(self, number, each):
        if each.socket is None or each.socket.fileno() == -1:
            return
        events = each.events()
        known = each.socket.fileno() in self.selector.get_map()
        if known and events:
            self.selector.modify(each.socket, events, number)
        elif events:
            self.selector.register(each.socket, events, number)
        elif known:
            self.selector.unregister(each.socket)

    def go_on(self, number, direction, first=False):
        each = self.sockets[number]
        doing = getattr(each, direction)
        if doing is None:
            return  # a message of the same turn has cancelled it
        verb, body = doing
        try:
            result = self.do(each, verb, body, first)
        except BlockingIOError:
            self.watch(number, each)
            return
        except (OSError, Failure) as failure:
            setattr(each, direction, None)
            self.watch(number, each)
            if isinstance(failure, OSError) and failure.errno == errno.ECONNRESET and each.is_stream():
                each.reset = True
            self.fail(verb, number, failure)
            return
        setattr(each, direction, None)
        self.watch(number, each)
        self.reply(verb, number, OK, 0, result)

    def do(self, each, verb, body, first):
        """The bytes of the result; BlockingIOError while there is none."""
        nothing = not body if verb == WRITE else verb == READ and not any(body[:4])
        if each.aborted and not nothing and verb in (READ, WRITE, SHUTDOWN, CONNECT):
            raise Failure(RESET)
        if verb == READ:
            return self.read(each, struct.unpack_from("<I", body)[0])
        if verb == WRITE:
            return self.write(each, body)
        if verb == SHUTDOWN:
            if each.cut:
                raise Failure(BROKEN_PIPE)
            each.socket.shutdown(socket.SHUT_WR)
        elif verb == CONNECT:
            self.connect(each, body, first)
        elif verb == LISTEN:
            self.listen(each, body)
        elif verb == ACCEPT:
            made, peer = each.socket.accept()
            accepted = Socket(None, None)
            accepted.take(made)
            accepted.peer = peer
            self.sockets[struct.unpack("<I", body)[0]] = accepted
        elif verb == RECEIVE:
            limit = struct.unpack_from("<I", body)[0]
            data, _, flags, peer = each.socket.recvmsg(limit)
            return pack_endpoint(peer) + bytes([1 if flags & socket.MSG_TRUNC else 0]) + data
        elif verb == SEND:
            to, data = unpack_endpoint(body, each.socket.family)
            if to is None:
                each.socket.send(data)
            else:
                each.socket.sendto(data, to)
        elif verb == BIND:
            at, _ = unpack_endpoint(body, each.socket.family)
            each.socket.bind(at)
        elif verb == CONNECT_UDP:
            to, _ = unpack_endpoint(body, each.socket.family)
            each.socket.connect(to)
            each.peer = each.socket.getpeername()
        else:
            raise Failure(NOT_SUPPORTED)
        return b""

    def read(self, each, limit):
        if limit == 0:
            return b""
        if each.reset:
            raise Failure(RESET)
        return each.socket.recv(limit)

    def write(self, each, body):
        if not body:
            return b""
        if each.cut:
            raise Failure(BROKEN_PIPE)
        if each.reset:
            raise Failure(RESET)
        sent = each.socket.send(body)
        if sent < len(body):
            each.outgoing = (WRITE, body[sent:])
            raise BlockingIOError
        return b""

    def connect(self, each, body, first):
        if first:
            each.peer, _ = unpack_endpoint(body, each.socket.family)
            code = each.socket.connect_ex(each.peer)
            if code == errno.EINPROGRESS:
                raise BlockingIOError
        else:
            code = each.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
        each.peer = each.socket.getpeername()

    def listen(self, each, body):
        if body[0] == 0:
            raise Failure(INVALID)
        family = FAMILIES[body[0]]
        at, rest = unpack_endpoint(body, family)
        backlog, shares, both, _ = struct.unpack("<iBBB", rest)
        each.socket = socket.socket(family, socket.SOCK_STREAM)
        each.socket.setblocking(False)
        each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shares:
            each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            each.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if both else 1)
        each.socket.bind(at)
        each.socket.listen(backlog)


def main():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        control, _ = listener.accept()
    control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    Agent(control).serve()


if __name__ == "__main__":
    sys.exit(main())
