#!/usr/bin/env python3
"""lwIP against the kernel's TCP and UDP over a TAP device, in a network namespace of this test's own, with frames lost,
duplicated, delayed beyond others and spoilt between them. Every byte arrives in order, or an error does.

    ./bazelw run //tests/interop/tap:tap_test [-- --seed N] [-- NAME OF A TEST …]

Nothing here waits for a time: every wait is for a line, a byte or an end. SAFETY only ends a test that hangs.
"""

import ctypes
import errno
import fcntl
import os
import queue
import random
import socket
import struct
import subprocess
import sys
import threading
import unittest

SAFETY = 600  # seconds
HOST = "tests/interop/tap/host"
KERNEL = "198.18.0.1"
LWIP = "198.18.0.2"
MEGABYTE = 1_000_000
SEED = random.SystemRandom().randrange(1 << 31)

# <sched.h>, <linux/if_tun.h>, <linux/sockios.h>, <linux/if.h>
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x0002 | 0x1000
SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFFLAGS = 0x8916, 0x891C, 0x8914
IFF_UP = 1

CLEAN = ()
BAD = ("--loss", 20, "--duplication", 20, "--delay", 100, "--corruption", 10)
WORSE = ("--loss", 80, "--duplication", 50, "--delay", 200, "--corruption", 30)


def own_network():
    """Leaves this machine's network for an empty one, which goes with this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        hint = ": it needs root" if number == errno.EPERM else ""
        sys.exit(f"error: no network namespace ({os.strerror(number)}){hint}")


def set_interface(request, name, payload):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, request, struct.pack("16s", name) + payload)


def open_tap():
    """A descriptor of a TAP device whose other end, with an address, is the kernel's."""
    try:
        tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        sys.exit(f"error: /dev/net/tun: {error.strerror} (it needs root, and the kernel's module tun)")
    name = fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"tap%d", IFF_TAP_NO_PI))[:16].rstrip(b"\0")
    for request, address in ((SIOCSIFADDR, KERNEL), (SIOCSIFNETMASK, "255.255.255.0")):
        set_interface(request, name, struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address)))
    set_interface(SIOCSIFFLAGS, name, struct.pack("H14x", IFF_UP))
    return tap


class Lwip:
    """The host that runs lwIP, its output line by line."""

    def __init__(self, *arguments):
        tap = open_tap()
        command = [HOST, "--tap", tap, "--seed", SEED, *arguments]
        # pylint: disable=consider-using-with  # ended by Case
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[tap])
        os.close(tap)
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with self.process.stdout:
            for line in self.process.stdout:
                self.seen.append(line.rstrip("\n"))
                self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self):
        line = self.lines.get(timeout=SAFETY)
        if line is None:
            raise AssertionError(f"the host has ended after {self.seen[-5:]}")
        return line

    def end(self):
        """The exit status. The last line says what was done to frames."""
        self.process.stdin.close()
        status = self.process.wait(SAFETY)
        while self.lines.get(timeout=SAFETY) is not None:
            pass
        print(self.seen[-1] if self.seen else "nothing was said", file=sys.stderr)
        return status


def talk(peer, data):
    """Sends all of it while the echo is received, to the end. Gives what came, and an error that ended it."""
    received = bytearray()
    failed = []

    def send():
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
        except OSError as error:
            failed.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        while more := peer.recv(1 << 16):
            received += more
    except OSError as error:
        failed.append(error)
    sender.join()
    return bytes(received), failed


class Tap(unittest.TestCase):
    def host(self, *arguments):
        host = Lwip(*arguments)
        self.addCleanup(host.process.wait)
        self.addCleanup(host.process.kill)
        self.assertEqual(host.line(), "serving")
        return host

    def echo(self):
        """The kernel's echo servers, by TCP and UDP on one port; gives the port."""
        listener = socket.create_server(("", 0), backlog=64)  # the device comes later
        self.addCleanup(listener.close)
        port = listener.getsockname()[1]
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(datagrams.close)
        datagrams.bind(("", port))

        def serve(peer):
            with peer:
                try:
                    while data := peer.recv(1 << 16):
                        peer.sendall(data)
                except OSError:
                    pass

        def accept():
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(peer,), daemon=True).start()

        def answer():
            while True:
                try:
                    datagrams.sendto(*datagrams.recvfrom(2048))
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        threading.Thread(target=answer, daemon=True).start()
        return port

    def connect(self):
        peer = socket.create_connection((LWIP, 5000), timeout=SAFETY)
        self.addCleanup(peer.close)
        return peer

    def check(self, data, received, failed):
        """Every byte in order, or an error; gives whether all came."""
        self.assertEqual(received, data[:len(received)])
        if not failed:
            self.assertEqual(len(received), len(data))
        return not failed

    def serves(self, quality, connections, size):
        host = self.host(*quality)
        data = [random.Random(SEED + i).randbytes(size) for i in range(connections)]
        outcomes = [None] * connections

        def run(i):
            try:
                outcomes[i] = talk(self.connect(), data[i])
            except OSError as error:  # a connection that could not be made
                outcomes[i] = (b"", [error])

        threads = [threading.Thread(target=run, args=(i,)) for i in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        good = sum(self.check(data[i], *outcomes[i]) for i in range(connections))
        errors = sorted({str(error) for _, failed in outcomes for error in failed})
        print(f"kernel's clients: {good} of {connections} whole, {size} bytes each way; errors {errors}", file=sys.stderr)
        self.assertEqual(host.end(), 0)
        return good

    def calls(self, quality, connections, size):
        port = self.echo()
        host = self.host(*quality, "--port", port, "--connections", connections, "--bytes", size)
        lines = [host.line() for _ in range(connections)]
        good = sum(line.endswith(" good") for line in lines)
        errors = sorted({line.partition(" failed: ")[2] for line in lines if " failed: " in line})
        print(f"lwIP's clients: {good} of {connections} whole, {size} bytes each way; errors {errors}", file=sys.stderr)
        # Nothing "wrong" or "bad": every line is of one that was good, or that failed with an error.
        self.assertEqual([line for line in lines if not line.endswith(" good") and " failed: " not in line], [])
        self.assertEqual(host.end(), 0)
        return good

    def test_serves_on_a_clean_way(self):
        self.assertEqual(self.serves(CLEAN, 1, MEGABYTE), 1)

    def test_calls_on_a_clean_way(self):
        self.assertEqual(self.calls(CLEAN, 1, MEGABYTE), 1)

    def test_serves_many_on_a_clean_way(self):
        self.assertEqual(self.serves(CLEAN, 30, 50_000), 30)

    def test_calls_many_on_a_clean_way(self):
        self.assertEqual(self.calls(CLEAN, 30, 50_000), 30)

    def test_serves_on_a_bad_way(self):
        self.assertEqual(self.serves(BAD, 1, MEGABYTE), 1)

    def test_calls_on_a_bad_way(self):
        self.assertEqual(self.calls(BAD, 1, MEGABYTE), 1)

    def test_serves_many_on_a_worse_way(self):
        self.assertGreater(self.serves(WORSE, 20, 20_000), 0)

    def test_calls_many_on_a_worse_way(self):
        self.assertGreater(self.calls(WORSE, 20, 20_000), 0)

    def test_datagrams_to_lwip(self):
        host = self.host(*BAD)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.connect((LWIP, 5000))
            peer.settimeout(0.2)  # then it is sent anew
            for i in range(100):
                message = b"datagram %d" % i
                answer = b""
                while answer != message:
                    peer.send(message)
                    try:
                        answer = peer.recv(2048)
                    except TimeoutError:
                        pass
                    self.assertRegex(answer, rb"^(datagram \d+)?$")
        self.assertEqual(host.end(), 0)

    def test_datagrams_from_lwip(self):
        port = self.echo()
        host = self.host(*BAD, "--port", port, "--datagrams", 100)
        self.assertEqual(host.line(), "datagrams good")
        self.assertEqual(host.end(), 0)


def main():
    global SEED  # pylint: disable=global-statement
    if "--seed" in sys.argv:
        at = sys.argv.index("--seed")
        SEED = int(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    print(f"seed {SEED}", file=sys.stderr)
    own_network()
    unittest.main(verbosity=2)


if __name__ == "__main__":
    main()
