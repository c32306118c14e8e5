"""What the interoperation tests share: programs under test, sockets of CPython, and peers in threads.

Nothing here waits for a time: every wait is for a line, a byte or an end. SAFETY only ends a test that hangs.
"""

import os
import queue
import signal
import socket
import struct
import subprocess
import threading
import unittest

SAFETY = 60  # seconds
EXAMPLES = os.environ.get("EDDY_EXAMPLES", "examples")
MESSAGE = b"Hello, world"
ANY_TIME = ("--timeout", str(SAFETY))  # for clients on a slow machine


def loopback(family):
    return "::1" if family == socket.AF_INET6 else "127.0.0.1"


def families():
    """IPv4, and IPv6 where this machine has it."""
    yield socket.AF_INET
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return
    yield socket.AF_INET6


def endpoint(address):
    """As the programs print it: 127.0.0.1:5000, [::1]:5000."""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Program:
    """An example that runs, its output read line by line."""

    def __init__(self, name, *arguments):
        self.command = [os.path.join(EXAMPLES, name), *map(str, arguments)]
        # pylint: disable=consider-using-with  # ended by Case
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.output = self._lines(self.process.stdout)
        self.errors = self._lines(self.process.stderr)

    @staticmethod
    def _lines(stream):
        lines = queue.Queue()

        def read():
            with stream:
                for line in stream:
                    lines.put(line.decode().rstrip("\n"))
            lines.put(None)

        threading.Thread(target=read, daemon=True).start()
        return lines

    def line(self):
        """The next line of standard output; None at its end."""
        return self.output.get(timeout=SAFETY)

    def error(self):
        """The next line of standard error; None at its end."""
        return self.errors.get(timeout=SAFETY)

    def address(self):
        """What a server says it listens on, as (host, port)."""
        line = self.line()
        prefix = "listening on "
        if line is None or not line.startswith(prefix):
            raise AssertionError(f"{self.command} printed {line!r}, then {self.error()!r}")
        host, _, port = line[len(prefix):].rpartition(":")
        return host.strip("[]"), int(port)

    def send(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Its exit status, when it has ended by itself."""
        return self.process.wait(timeout=SAFETY)

    def rest(self):
        """Its exit status, and the lines that nobody has taken."""
        status = self.wait()
        return status, list(iter(self.line, None)), list(iter(self.error, None))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=SAFETY)


class Peer(threading.Thread):
    """A function of a CPython peer beside the test; `result` gives what it returned or raises what it raised."""

    def __init__(self, function, *arguments):
        super().__init__(daemon=True)
        self.function, self.arguments = function, arguments
        self.value = self.raised = None
        self.start()

    def run(self):
        try:
            self.value = self.function(*self.arguments)
        except Exception as error:  # pylint: disable=broad-except  # raised again by result
            self.raised = error

    def result(self):
        self.join(SAFETY)
        if self.is_alive():
            raise AssertionError(f"{self.function.__name__} does not end")
        if self.raised is not None:
            raise self.raised
        return self.value


class Case(unittest.TestCase):
    """Ends what a test has started, and closes what it has opened."""

    def program(self, name, *arguments):
        program = Program(name, *arguments)
        self.addCleanup(program.end)
        return program

    def server(self, name, *arguments, family=socket.AF_INET):
        """A server on a free port of the loopback interface, and its address."""
        program = self.program(name, "--host", loopback(family), "--port", 0, *arguments)
        return program, program.address()

    def client(self, name, address, *arguments):
        """Runs a client to its end and gives its lines; it must succeed and complain about nothing."""
        program = self.program(name, "--host", address[0], "--port", address[1], *arguments)
        status, lines, errors = program.rest()
        self.assertEqual((status, errors), (0, []), program.command)
        return lines

    def new_socket(self, family=socket.AF_INET, kind=socket.SOCK_STREAM):
        made = socket.socket(family, kind)
        made.settimeout(SAFETY)
        self.addCleanup(made.close)
        return made

    def bound(self, family=socket.AF_INET, kind=socket.SOCK_STREAM):
        """A socket of CPython on a free port of the loopback interface; a TCP one listens."""
        made = self.new_socket(family, kind)
        made.bind((loopback(family), 0))
        if kind == socket.SOCK_STREAM:
            made.listen()
        return made

    def connected(self, address):
        made = socket.create_connection(address, timeout=SAFETY)
        self.addCleanup(made.close)
        return made

    def peer(self, function, *arguments):
        return Peer(function, *arguments)

    def stop(self, program, number=signal.SIGINT):
        """Interrupts a server, which must end with status 0 and without complaint."""
        program.send(number)
        status, _, errors = program.rest()
        self.assertEqual((status, errors), (0, []), program.command)

    def assert_fails(self, program, status, *parts):
        """It ends with `status` after one line on standard error that has all the parts."""
        got, _, errors = program.rest()
        self.assertEqual(got, status, (program.command, errors))
        self.assertEqual(len(errors), 1, errors)
        for part in ("error: ", *parts):
            self.assertIn(str(part), errors[0])


def receive_all(sock):
    """Bytes up to the end of the stream."""
    return b"".join(iter(lambda: sock.recv(65536), b""))


def receive_exactly(sock, size):
    """`size` bytes, or fewer if the stream ends."""
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            break
        data += piece
    return data


def reset(sock):
    """Closes a TCP connection by a reset instead of an end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def main():
    unittest.main(verbosity=2)
