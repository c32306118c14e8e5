"""A network of this process's own, whose ports nobody else has."""

import ctypes
import fcntl
import os
import socket
import struct

NEW_USER, NEW_NET = 0x10000000, 0x40000000  # sched.h
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1  # netdevice(7)

# The system chooses ports of these, chips those above (RFC 6335, 6).
PORTS = (16384, 49151)


def enter(size):
    """Moves this process there, with a loopback interface on which a TCP socket has buffers of so many bytes at most.
    Raises OSError where the system does not allow it."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    # Root needs no user namespace, and within chroot(2) there are none.
    if libc.unshare(NEW_NET) != 0:
        if libc.unshare(NEW_USER | NEW_NET) != 0:
            raise OSError(ctypes.get_errno(), "a network of its own")
        write("/proc/self/setgroups", "deny")
        write("/proc/self/uid_map", f"0 {user} 1")
        write("/proc/self/gid_map", f"0 {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name = b"lo".ljust(16, b"\0")
        flags = struct.unpack("16sh", fcntl.ioctl(any_socket, GET_FLAGS, name + bytes(24))[:18])[1]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh22x", name, flags | UP))
    write("/proc/sys/net/ipv4/ip_local_port_range", "{} {}".format(*PORTS))
    for which in ("rmem", "wmem"):
        write(f"/proc/sys/net/ipv4/tcp_{which}", f"4096 {size} {size}")


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
