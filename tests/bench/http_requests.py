#!/usr/bin/env -S python3 -B
"""HTTP/1.1 over kept connections: requests per second and the server's CPU time for each, compared with nginx. Every
server's answers are checked byte for byte first."""

import compare
import http_servers
import processes
import wrk

# What is asked for, connections × requests sent as one.
CELLS = ["plaintext:64x1", "json:64x1", "file:64x1", "plaintext:64x16", "json:64x16", "file:64x16"]
GENERATORS = {"load": processes.load, "wrk": wrk.load}


def cell_of(text, generate, vary=False):
    path, _, sizes = text.partition(":")
    arguments = {"path": f"/{path}", **compare.numbers(sizes, ("connections", "flight"))}
    if arguments["path"] not in http_servers.ANSWERS:
        raise processes.Failure(f"not a cell: {text}; it begins with what is asked for")
    label = "{path}, {connections} connections, {flight} at a time".format(**arguments)
    if vary:
        label += ", no two alike"
        arguments["vary"] = True
    return compare.Cell(label, "http", arguments, generate=generate)


def run(arguments=None):
    parser = compare.parser(__doc__, CELLS)
    parser.add_argument("--generator", choices=GENERATORS, default="load", help="what makes the load")
    parser.add_argument("--vary", action="store_true", help="send no two requests alike at a time; not by wrk")
    options = parser.parse_args(arguments)
    with http_servers.servers() as servers:
        for server in processes.chosen(servers, options.servers):
            http_servers.check(server)
        cells = [cell_of(text, GENERATORS[options.generator], options.vary) for text in options.cells]
        return compare.compare(cells, servers, options, "request", own="eddy")


if __name__ == "__main__":
    compare.run_main(run)
