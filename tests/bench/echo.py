#!/usr/bin/env -S python3 -B
"""TCP echo: requests per second and the server's CPU time for each, compared with raw epoll."""

import compare
import processes

CELLS = ["1x64", "50x64", "500x64", "1x16k", "50x16k", "500x16k"]


def cell_of(text):
    return compare.Cell(f"{text} bytes", "tcp", compare.numbers(text, ("connections", "size")))


def run(arguments=None):
    options = compare.parser(__doc__, CELLS).parse_args(arguments)
    return compare.compare([cell_of(text) for text in options.cells], processes.ECHO_SERVERS, options, "request")


if __name__ == "__main__":
    compare.run_main(run)
