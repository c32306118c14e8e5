#!/usr/bin/env python3
"""Runs a program whose lwIP has a Unix socket for its Ethernet, with a network of QEMU's at the other end.

    wired.py PROGRAM ARGUMENTS…

Ports are forwarded as qemu.py does it: the same lines say where they are. It ends with the program.
"""

import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, "embedded/emulator")
import monitor  # pylint: disable=import-error,wrong-import-position
import qemu  # pylint: disable=import-error,wrong-import-position
import user_network  # pylint: disable=import-error,wrong-import-position


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wire")
        with user_network.UserNetwork(path) as network:
            environment = dict(os.environ, EDDY_WIRE=path)
            with subprocess.Popen(
                sys.argv[1:],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                text=True,
                preexec_fn=lambda: monitor.LIBC.prctl(monitor.PR_SET_PDEATHSIG, signal.SIGKILL),
            ) as program:
                for line in program.stdout:
                    print(line, end="", flush=True)
                    opened = qemu.OPENED.search(line.rstrip("\n"))
                    if opened:
                        protocol, port = opened[1], int(opened[2])
                        here = network.forward(protocol, port)
                        print(f"emulator: {protocol} 127.0.0.1:{here} is the board's port {port}", flush=True)
                return program.wait()


if __name__ == "__main__":
    sys.exit(main())
