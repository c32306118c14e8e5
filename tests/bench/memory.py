#!/usr/bin/env -S python3 -B
"""Memory of idle connections: what 10,000 of them, each after an echo of one byte, or after one answer of an HTTP server,
add to the server's resident set, per connection. Sockets live in the kernel and are not counted."""

import argparse
import subprocess
import time

import compare
import http_servers
import processes

SPARE_FILES = 64
# Asio's tutorial reads into 1 KiB; its buffer belongs to the connection and is most of what one takes.
SERVERS = (*processes.ECHO_SERVERS, processes.Server("asio, 1 KiB buffer", "asio_echo", ("1024",)))


def resident(pid):
    """Bytes in memory, and those of them that no file stands behind."""
    sizes = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        for line in lines:
            name, _, rest = line.partition(":")
            if rest.strip().endswith("kB"):
                sizes[name] = int(rest.split()[0]) * 1024
    return sizes["Rss"], sizes["Anonymous"]


def with_connections(mode, running, count, read):
    """What `read` returns while the server has so many idle connections."""
    arguments = {"connections": count, "path": "/plaintext"}
    process = processes.start_load(mode, running, arguments, stdin=subprocess.PIPE)
    try:
        line = process.stdout.readline()  # the load generator gives up by itself
        if line.split() != ["ready", f"connections={count}"]:
            raise processes.Failure(f"{running.server.name}: {process.stderr.read().strip()}")
        time.sleep(0.1)
        return read()
    finally:
        process.stdin.close()
        try:
            process.wait(processes.PATIENCE)
        finally:
            processes.end(process)


def measure(mode, server, count):
    with processes.Running(server) as running:
        before = resident(running.pid)
        after = with_connections(mode, running, count, lambda: resident(running.pid))
    rss, anonymous = ((b - a) / count for a, b in zip(before, after))
    return {"server": server.name, "rss": rss, "anonymous": anonymous, "empty": before[0]}


def table(mode, servers, count):
    """Measures and prints; `mode` is the load generator's."""
    allowed = processes.raise_file_limit() - SPARE_FILES
    if allowed < count:
        print(f"note: the limit of open files allows {allowed} connections")
        count = allowed
    rows = [measure(mode, server, count) for server in servers]
    print(f"\n{count} idle connections{', each after an answer' if mode == 'http_idle' else ''}")
    lines = [(r["server"], f"{r['rss']:.0f}", f"{r['anonymous']:.0f}", f"{r['empty'] / 1024:.0f}") for r in rows]
    compare.print_table(("server", "RSS B/connection", "anonymous B/connection", "RSS KiB without any"), lines)
    return rows


def run(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=10000)
    parser.add_argument("--http", action="store_true", help="of HTTP servers")
    compare.add_servers_option(parser)
    options = parser.parse_args(arguments)
    if not options.http:
        return table("idle", processes.chosen(SERVERS, options.servers), options.connections)
    with http_servers.servers() as servers:
        return table("http_idle", processes.chosen(servers, options.servers), options.connections)


if __name__ == "__main__":
    compare.run_main(run)
