#!/usr/bin/env -S python3 -B
"""Connection churn: accept, one echo of 64 bytes, close; connections per second and the server's CPU time for each."""

import compare
import processes

CELLS = ["16x64"]


def cell_of(text):
    sizes = compare.numbers(text, ("connections", "size"))
    label = "{connections} connections at a time, one echo of {size} bytes each".format(**sizes)
    # The kernel's own threads, which free the sockets, take up to 7 % of the cores on a machine that does nothing else.
    return compare.Cell(label, "churn", sizes, quiet=0.1)


def run(arguments=None):
    options = compare.parser(__doc__, CELLS).parse_args(arguments)
    return compare.compare([cell_of(text) for text in options.cells], processes.ECHO_SERVERS, options, "connection")


if __name__ == "__main__":
    compare.run_main(run)
