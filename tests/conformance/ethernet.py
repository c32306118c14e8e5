"""A switch for the Ethernets of emulated boards: each frame goes where its destination is, as far as that is known.

QEMU's hub would bring every frame to its user network as well, which resets the connections between two boards.
"""

import socket
import threading

GROUP = 1  # of the first byte of an address


class Switch:
    """`path` is where QEMU's `-netdev stream,server=off,addr.type=unix,addr.path=` connects to."""

    def __init__(self, path):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        self._ports = []
        self._known = {}  # who sends from which port
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                port, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._ports.append(port)
            threading.Thread(target=self._pass_on, args=(port,), daemon=True).start()

    def _pass_on(self, port):
        stream = port.makefile("rb")
        while True:
            length = stream.read(4)
            frame = stream.read(int.from_bytes(length, "big"))
            if not frame:
                return
            to, sender = frame[:6], frame[6:12]
            with self._lock:
                self._known[sender] = port
                known = None if to[0] & GROUP else self._known.get(to)
                for other in [known] if known else self._ports:
                    if other is not port:
                        self._send(other, length + frame)

    @staticmethod
    def _send(port, data):
        try:
            port.sendall(data)
        except OSError:
            pass  # its QEMU has ended

    def stop(self):
        self._listener.close()
