"""Boards with an RP2040 for tests: rp2040.mjs, with the interface that qemu.py has."""

import os
import subprocess
import threading


class Board:
    """A board that runs. `say` gets each line of its console, and of the emulator's own, from another thread."""

    def __init__(self, _, firmware, arguments=(), say=print, virtual=True):
        self.forwarded = {}
        self._say = say
        runner = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rp2040.mjs")
        self._process = subprocess.Popen(
            ["node", runner, *(["--virtual"] if virtual else []), firmware, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for raw in self._process.stdout:
            self._say(raw.decode("utf-8", "replace").rstrip("\n"))

    def press(self, key):
        """Types a key at the console."""
        try:
            self._process.stdin.write(key)
        except OSError:
            pass

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
