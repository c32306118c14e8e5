"""Programs that run: their lines, their ports, their ends. Every wait is for one of these; SAFETY only ends what hangs."""

import queue
import re
import signal
import subprocess
import sys
import threading

sys.path.insert(0, "embedded/emulator")
import monitor  # pylint: disable=import-error,wrong-import-position

SAFETY = 300  # seconds
PORT = 5000  # of servers behind a network of their own
OPENED = re.compile(r"(?:listening|receiving) on \S+:(\d+)$")
FORWARDED = re.compile(r"emulator: (TCP|UDP) 127\.0\.0\.1:(\d+) is the board's port (\d+)$")


class Failed(Exception):
    """A program that does not do what it should, in words."""


class Program:
    """A program of a platform's that runs with these arguments."""

    def __init__(self, platform, name, *arguments):
        self.platform = platform
        self.seen = []
        self._lines = queue.Queue()
        self._ports = {}
        # pylint: disable=consider-using-with  # ended by stop
        self._process = subprocess.Popen(
            [*platform.command(name), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # None outlives whoever started it, however that ends.
            preexec_fn=lambda: monitor.LIBC.prctl(monitor.PR_SET_PDEATHSIG, signal.SIGKILL),
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with self._process.stdout:
            for raw in self._process.stdout:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                self.seen.append(line)
                self._lines.put(line)
        self._lines.put(None)

    def line(self):
        """The next line; None after the last."""
        try:
            line = self._lines.get(timeout=SAFETY)
        except queue.Empty:
            raise Failed("nothing more after: " + self.last()) from None
        if line is None:
            self._lines.put(None)
        return line

    def last(self):
        return " | ".join(self.seen[-3:])

    def rest(self):
        """Its exit status, and the lines that nobody has taken."""
        lines = list(iter(self.line, None))
        return self._process.wait(SAFETY), lines

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()


class Server(Program):
    """A server, on ports that the system chooses or the emulator tells. `protocols`: in the order in which it says where
    it is."""

    def __init__(self, platform, name, protocols):
        place = [] if platform.forwarded else ["--host", "127.0.0.1", "--port", "0"]
        super().__init__(platform, name, *place)
        self._silent = list(protocols)

    def port(self, protocol):
        """Where on this computer its port is. Raises Failed."""
        while protocol not in self._ports:
            line = self.line()
            if line is None:
                raise Failed("the server has ended: " + self.last())
            self._hear(line)
        return self._ports[protocol]

    def _hear(self, line):
        if self.platform.forwarded:
            told = FORWARDED.search(line)
            if told and int(told[3]) == PORT:
                self._ports[told[1]] = int(told[2])
        elif told := OPENED.search(line):
            self._ports[self._silent.pop(0)] = int(told[1])
