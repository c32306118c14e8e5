#!/usr/bin/env -S python3 -B
"""WebSocket: echoes per second, and deliveries per second of messages that all of many clients receive, with the server's
CPU time for each, compared with npm's ws and Boost.Beast. Compression is not asked for."""

import compare
import processes

# What happens, connections × messages on their way × bytes.
CELLS = ["echo:1x1x64", "echo:64x1x64", "echo:64x1x16k", "broadcast:5000x1x64"]
MODES = {"echo": "websocket", "broadcast": "broadcast"}
SERVERS = (
    processes.Server("ws", "peers/node_websocket.js"),
    processes.Server("beast", "beast_websocket"),
    processes.Server("eddy", "eddy_websocket"),
)


def cell_of(text):
    kind, _, sizes = text.partition(":")
    if kind not in MODES:
        raise processes.Failure(f"not a cell: {text}; it begins with {' or '.join(MODES)}")
    arguments = {"path": f"/{kind}", **compare.numbers(sizes, ("connections", "flight", "size"))}
    label = "{0}, {connections} connections, {flight} messages on their way{1}, {size} bytes".format(
        kind, " from each" if kind == "echo" else "", **arguments)
    return compare.Cell(label, MODES[kind], arguments)


def run(arguments=None):
    options = compare.parser(__doc__, CELLS).parse_args(arguments)
    return compare.compare([cell_of(text) for text in options.cells], SERVERS, options, "message", own="eddy")


if __name__ == "__main__":
    compare.run_main(run)
