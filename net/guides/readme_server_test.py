#!/usr/bin/env python3
"""The server of the top README, with its fixed port: echoes to several clients at once, and drains on SIGTERM."""

import os
import signal
import socket
import subprocess
import sys
import time


def connect(deadline):
    while True:
        try:
            return socket.create_connection(("127.0.0.1", 5000), timeout=10)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def main():
    program = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"], sys.argv[1])
    with subprocess.Popen([program]) as server:
        try:
            deadline = time.monotonic() + 20
            with connect(deadline) as one, connect(deadline) as other:
                one.sendall(b"hello\n")
                other.sendall(b"Hello, world")
                assert other.recv(256) == b"Hello, world"
                assert one.recv(256) == b"hello\n"
                one.shutdown(socket.SHUT_WR)
                assert one.recv(256) == b""
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0, server.returncode
        finally:
            server.kill()


if __name__ == "__main__":
    main()
