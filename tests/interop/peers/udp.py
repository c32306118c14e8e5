"""UDP peers that call CPython's sockets as the CircuitPython examples call theirs; one pass of each loop."""

import socket
import struct

MAXBUF = 256
PAYLOAD = b"Hello, world"
EPOCH = 2208988800  # 1970 in seconds since 1900


# Clients: each gives the reply and where it came from.
def client_recvfrom_into(family, address, timeout, payload=PAYLOAD):
    """CPython, native radio and WIZnet: sendto, recvfrom_into."""
    buffer = bytearray(MAXBUF)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.settimeout(timeout)
    sock.sendto(payload, address)
    size, sender = sock.recvfrom_into(buffer)
    sock.close()
    return bytes(buffer[:size]), sender


def client_connected(family, address, timeout, payload=PAYLOAD):
    """ESP32SPI: connect in UDP mode, send, recv."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.settimeout(timeout)
    sock.connect(address)
    sock.send(payload)
    reply = sock.recv(MAXBUF)
    sender = sock.getpeername()
    sock.close()
    return reply, sender


# Servers: each answers one datagram of a bound socket and gives what it received.
def server_recvfrom_into(sock):
    """CPython and native radio: recvfrom_into, sendto of a slice."""
    buffer = bytearray(MAXBUF)
    size, sender = sock.recvfrom_into(buffer)
    sock.sendto(buffer[:size], sender)
    return bytes(buffer[:size])


def server_recvfrom(sock):
    """WIZnet: recvfrom, sendto."""
    data, sender = sock.recvfrom(MAXBUF)
    sock.sendto(data, sender)
    return data


def time_server(sock, unix_time, size=48):
    """An NTP server of fixed time: answers one request and gives it."""
    request, client = sock.recvfrom(1024)
    reply = bytearray(48)
    reply[0] = 0b00100100  # no leap warning, version 4, mode 4: server
    reply[1] = 1  # stratum
    reply[24:32] = request[40:48]  # origin
    seconds = (unix_time + EPOCH) & 0xFFFFFFFF
    struct.pack_into("!II", reply, 32, seconds, 1)  # receive
    struct.pack_into("!II", reply, 40, seconds, 2)  # transmit
    sock.sendto(reply[:size], client)
    return request
