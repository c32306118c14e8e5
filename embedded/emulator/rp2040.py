"""Boards with an RP2040 for tests: rp2040.mjs, with the interface that qemu.py has."""

import os
import re
import signal
import subprocess
import threading

# What the board has beside its processor: rp2040_chips.mjs.
CHIPS = {
    "nano-rp2040-connect": "nina",
    "rp2040": None,
    "w5500-evb-pico": "w5500",
    "w5500-evb-pico-lwip": "w5500",
}

FORWARDED = re.compile(r"emulator: (TCP|UDP) 127\.[\d.]+:(\d+) is the board's port (\d+)$")


class Board:
    """A board that runs. `say` gets each line of its console, and of the emulator's own, from another thread. `virtual`:
    time jumps to the next alarm; else it is this computer's, as where the board has a network. `static`: its address,
    where DHCP is not to choose it. `host`: the address of 127.0.0.0/8 that it is. `wire`: the Unix socket that a chip
    has its frames from, whose user forwards ports; else those that it opens are free ones of 127.0.0.1. `authorities`: a
    file of those, as PEM, whom a NINA module's TLS trusts."""

    def __init__(
        self,
        machine,
        firmware,
        arguments=(),
        say=print,
        virtual=None,
        static=None,
        forwards=None,
        host=None,
        wire=None,
        authorities=None,
    ):
        self.forwarded = {}  # (protocol, the firmware's port) -> the port on 127.0.0.1
        self._say = say
        runner = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rp2040.mjs")
        chip = CHIPS[machine]
        options = ["--chip", chip] if chip else []
        if virtual or (virtual is None and not chip):
            options.append("--virtual")
        if static:
            options += ["--address", static]
        if host:
            options += ["--self", host]
        if wire:
            options += ["--wire", wire]
        if authorities:
            options += ["--ca", authorities]
        for (_, port), host_port in (forwards or {}).items():
            options += ["--forward", f"{port}:{host_port}"]
        self._process = subprocess.Popen(
            ["node", runner, *options, "--", firmware, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for raw in self._process.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if forwarded := FORWARDED.search(line):
                self.forwarded[forwarded[1], int(forwarded[3])] = int(forwarded[2])
            self._say(line)

    def press(self, key):
        """Types a key at the console."""
        try:
            self._process.stdin.write(key)
        except OSError:
            pass

    def move_cable(self):
        """Pulls the network cable out, or plugs it in again."""
        self.signal(signal.SIGUSR2)

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, timeout=None):
        """The firmware's exit status."""
        status = self._process.wait(timeout)
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()
        return status

    def stop(self):
        """Ends the emulator, whatever the firmware does."""
        self._process.kill()
        self.wait()
