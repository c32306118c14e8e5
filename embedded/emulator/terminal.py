"""Keys of the terminal that a command runs in, which it hears of as they are pressed."""

import os
import signal
import termios
import threading
import time


class Keys:
    """Calls `pressed` from a thread with each of at most two control characters, while it is entered.

    The terminal takes them for ends of lines (termios(3): VEOL, VEOL2), so that it gives up at once what was typed. All
    else stays as it was: echo, lines, Ctrl-C, Ctrl-Z. Nothing happens where standard input is no terminal.
    """

    _PLACES = (termios.VEOL, termios.VEOL2)

    def __init__(self, keys, pressed, descriptor=0):
        self._keys = keys
        self._pressed = pressed
        self._descriptor = descriptor
        self._before = None

    def __enter__(self):
        if os.isatty(self._descriptor):
            # In the background a read fails then, and does not stop the whole command.
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)
            # It was stopped, and the shell has set the terminal for itself meanwhile.
            signal.signal(signal.SIGCONT, lambda *_: self._take())
            self._take()
            threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_):
        if self._before and self._in_foreground():
            self._set(self._before)

    def _in_foreground(self):
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            return True  # not the terminal of this session, or gone

    def _take(self):
        if self._in_foreground():
            before = self._set(self._keys)
            self._before = self._before or before

    def _set(self, characters):
        """Gives what was there."""
        try:
            attributes = termios.tcgetattr(self._descriptor)
            before = [attributes[6][place] for place in self._PLACES]
            for place, character in zip(self._PLACES, characters):
                attributes[6][place] = character
            termios.tcsetattr(self._descriptor, termios.TCSANOW, attributes)
            return before
        except termios.error:
            return None  # the terminal is gone

    def _read(self):
        while True:
            try:
                typed = os.read(self._descriptor, 4096)
            except OSError:
                time.sleep(0.5)  # In the background: a shell's `fg` does not tell a command that runs.
                self._take()
                continue
            if not typed:
                return
            for key in self._keys:
                if key in typed:
                    self._pressed(key)
