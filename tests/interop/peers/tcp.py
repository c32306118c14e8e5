"""TCP peers that call CPython's sockets as the CircuitPython examples call theirs.

Each function is one pass of an example's loop. The examples give up after five seconds (ten or one in some);
here they wait as long as the test does.
"""

import asyncio
import errno
import random
import select
import socket

MAXBUF = 256
PAYLOAD = b"Hello, world"


# Clients: each gives the reply.
def client_recv(family, address, timeout):
    """CPython: connect, send, recv, close."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    sock.connect(address)
    sock.send(PAYLOAD)
    reply = sock.recv(MAXBUF)
    sock.close()
    return reply


def client_recv_into(family, address, timeout):
    """Native radio and WIZnet: the reply goes into a buffer made before."""
    buffer = bytearray(MAXBUF)
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    sock.connect(address)
    sock.send(PAYLOAD)
    size = sock.recv_into(buffer)
    sock.close()
    return bytes(buffer[:size])


def client_getaddrinfo(family, address, timeout):
    """ESP32SPI: connects to what the look-up gave first."""
    found = socket.getaddrinfo(address[0], address[1], family, socket.SOCK_STREAM)[0][4]
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    sock.connect(found)
    sock.send(PAYLOAD)
    reply = sock.recv(MAXBUF)
    sock.close()
    return reply


def client_random_port(addresses, timeout):
    """The client within the asynchronous server: one of three ports, and a time-out is no failure."""
    with socket.socket() as sock:
        sock.settimeout(timeout)
        sock.connect(random.choice(addresses))
        sock.send(PAYLOAD)
        try:
            return sock.recv(MAXBUF)
        except socket.timeout:
            return None


def client_no_timeout(address):
    """The manual's client: it waits without end, for 128 bytes at most."""
    buffer = bytearray(128)
    sock = socket.socket()
    sock.settimeout(None)
    sock.connect(address)
    sock.send(PAYLOAD)
    size = sock.recv_into(buffer)
    sock.close()
    return bytes(buffer[:size])


# Servers: each serves one connection of a listening socket and gives what it received.
def server_recv(listener):
    """CPython: recv, sendall, close."""
    conn, _ = listener.accept()
    data = conn.recv(MAXBUF)
    conn.sendall(data)
    conn.close()
    return data


def server_recv_into(listener):
    """Native radio and WIZnet: recv_into with a length, send of a slice."""
    buffer = bytearray(MAXBUF)
    conn, _ = listener.accept()
    size = conn.recv_into(buffer, MAXBUF)
    conn.send(buffer[:size])
    conn.close()
    return bytes(buffer[:size])


def server_with(listener, size=1024):
    """WIZnet's simple server: echoes until the client closes."""
    conn, _ = listener.accept()
    total = b""
    with conn:
        while True:
            data = conn.recv(size)
            if not data:
                return total
            conn.send(data)
            total += data


def server_recv_128(listener, timeout):
    """The manual's host: a time-out on the connection, 128 bytes, sendall."""
    conn, _ = listener.accept()
    conn.settimeout(timeout)
    data = conn.recv(128)
    conn.sendall(data)
    conn.close()
    return data


def server_recvfrom(listener):
    """The manual's device: recvfrom_into on a TCP connection."""
    buffer = bytearray(MAXBUF)
    conn, _ = listener.accept()
    size, _ = conn.recvfrom_into(buffer)
    conn.send(buffer[:size])
    conn.close()
    return bytes(buffer[:size])


def server_polling(listener):
    """A co-processor's server: accept and recv never block, and "nothing there" is an error code."""
    listener.setblocking(False)

    def attempt(call, sock):
        while True:
            try:
                return call()
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.ECONNRESET):
                    raise
                select.select([sock], [], [])

    conn, _ = attempt(listener.accept, listener)
    conn.setblocking(False)
    data = attempt(lambda: conn.recv(MAXBUF), conn)
    conn.sendall(data)
    conn.close()
    return data


def server_async(listeners, connections, timeout):
    """Three servers in turn on one thread: each reads once and closes without a reply. Gives what came by port."""
    received = []

    async def serve(listener):
        listener.settimeout(0)
        buffer = bytearray(MAXBUF)
        while len(received) < connections:
            try:
                conn, _ = listener.accept()
            except OSError as error:
                if error.errno != errno.EAGAIN:
                    raise
            else:
                with conn:
                    conn.settimeout(timeout)
                    size = conn.recv_into(buffer, MAXBUF)
                    received.append((listener.getsockname()[1], bytes(buffer[:size])))
            await asyncio.sleep(0)

    async def serve_all():
        await asyncio.gather(*map(serve, listeners))

    asyncio.run(serve_all())
    return received
