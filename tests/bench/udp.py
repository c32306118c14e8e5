#!/usr/bin/env -S python3 -B
"""UDP echo: datagrams per second and the server's CPU time for each, compared with a recvfrom/sendto loop."""

import compare
import processes

CELLS = ["8x16x64", "1x1x64"]


def cell_of(text):
    sizes = compare.numbers(text, ("connections", "flight", "size"))
    label = "{connections} sockets, {flight} datagrams of {size} bytes on their way from each".format(**sizes)
    return compare.Cell(label, "udp", sizes)


def run(arguments=None):
    options = compare.parser(__doc__, CELLS).parse_args(arguments)
    return compare.compare([cell_of(text) for text in options.cells], processes.UDP_SERVERS, options, "datagram")


if __name__ == "__main__":
    compare.run_main(run)
