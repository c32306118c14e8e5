#!/usr/bin/env python3
"""QEMU's user network for a host that is no machine of QEMU's.

    user_network.py SOCKET

makes the Unix socket, to which one peer connects. Ethernet frames go both ways there, each behind its length in four
bytes, the highest first. The peer gets 10.0.2.15 by DHCP; 10.0.2.2 and fec0::2 are this computer, 10.0.2.3 is its name
server.

Standard input takes orders, each of which has one line for an answer: `forward TCP 5000 [HOSTPORT] [ADDRESS]` says from
which port of 127.0.0.1 the peer's port is now reached, or `error: …`. A HOSTPORT of 0 is any that is free. It says `ready`
first, and ends with its standard input.
"""

import argparse
import os
import socket
import subprocess
import sys

sys.path.append(os.path.dirname(os.path.realpath(__file__)))
import monitor  # pylint: disable=import-error,wrong-import-position


class UserNetwork:
    """The network, with its Unix socket at `path`; `joins`: the one that is there, of a switch."""

    def __init__(self, path, joins=False):
        self._forwarded = {}  # (protocol, the peer's port, its address) -> the port of 127.0.0.1
        options = ["-machine", "none", "-nodefaults", "-display", "none"]
        # QEMU would make or find the socket in a time of its own: so it is there from the start.
        with socket.socket(socket.AF_UNIX) as end:
            if joins:
                end.connect(path)
            else:
                end.bind(path)
                end.listen(1)
            number = end.fileno()
            self._process, self._monitor = monitor.start(options, stdin=subprocess.DEVNULL, pass_fds=[number])
        # Not by its command line: it would warn of a hub without machines.
        self._add("user", type="user")
        self._add("net", type="stream", server=not joins, addr={"type": "fd", "str": str(number)})
        self._monitor.execute("cont")  # nothing passes while a machine is held, be it none

    def _add(self, name, **netdev):
        self._monitor.execute("netdev_add", id=name, **netdev)
        self._monitor.execute("netdev_add", id=f"{name}-port", type="hubport", hubid=0, netdev=name)

    def forward(self, protocol, port, host_port=None, address=""):
        """From which port of 127.0.0.1 the peer's is reached, at `address`; raises RuntimeError."""
        if (protocol, port, address) not in self._forwarded:
            self._forwarded[protocol, port, address] = self._monitor.forward_from(protocol, host_port, address, port)
        return self._forwarded[protocol, port, address]

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._monitor.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def obey(network, words):
    """The answer to an order."""
    order, protocol, port, host_port, address, *rest = [*words, "", "", "", "", ""]
    if order != "forward" or protocol not in ("TCP", "UDP") or not port.isdigit() or any(rest):
        return "error: it is `forward TCP|UDP PORT [HOSTPORT] [ADDRESS]`"
    try:
        return network.forward(protocol, int(port), int(host_port or 0), address)
    except (ValueError, RuntimeError) as error:
        return f"error: {error}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("socket")
    options = parser.parse_args()
    with UserNetwork(options.socket) as network:
        print("ready", flush=True)
        for line in sys.stdin:
            print(obey(network, line.split()), flush=True)


if __name__ == "__main__":
    main()
