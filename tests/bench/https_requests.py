#!/usr/bin/env -S python3 -B
"""HTTP/1.1 over TLS 1.3: requests per second over kept connections (by wrk), and full handshakes (by `openssl s_time`, one
after the other), with the server's CPU time for each, compared with nginx."""

import re
import subprocess
import time

import compare
import http_servers
import processes
import wrk

CELLS = ["plaintext:1x1", "file:1x1", "handshakes"]


def shake_hands(_mode, running, seconds, **_):
    """One run of s_time, which knows whole seconds only."""
    command = ["openssl", "s_time", "-connect", f"127.0.0.1:{running.port}", "-new", "-time", str(max(1, round(seconds)))]
    cpu, waited, begin = wrk.cpu_ns(running.pid), wrk.waited_ns(running.pid), time.monotonic()
    process = processes.start(command, processes.cores()[1], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    try:
        output, errors = process.communicate(timeout=seconds + 6 * processes.PATIENCE)
    finally:
        processes.end(process)
    seconds = time.monotonic() - begin
    found = re.search(r"^(\d+) connections in \d+ real seconds", output, re.MULTILINE)
    if process.returncode != 0 or not found:
        raise processes.Failure(f"{running.server.name}: s_time: {errors.strip() or output.strip()}")
    return {"done": float(found[1]), "seconds": seconds, "server_cpu_ns": wrk.cpu_ns(running.pid) - cpu,
            "waited_ns": wrk.waited_ns(running.pid) - waited, "load_idle_ns": 0, "lost": 0}


def cell_of(text):
    if text == "handshakes":
        return compare.Cell("full handshakes, one after the other", "tls", {}, generate=shake_hands)
    path, _, sizes = text.partition(":")
    arguments = {"path": f"/{path}", **compare.numbers(sizes, ("connections", "flight"))}
    if arguments["path"] not in http_servers.ANSWERS:
        raise processes.Failure(f"not a cell: {text}; it is `handshakes` or begins with what is asked for")
    return compare.Cell("{path} by TLS, {connections} connections, {flight} at a time".format(**arguments), "tls",
                        arguments, generate=wrk.load_secure)


def run(arguments=None):
    options = compare.parser(__doc__, CELLS).parse_args(arguments)
    with http_servers.secure_servers() as servers:
        for server in processes.chosen(servers, options.servers):
            http_servers.check(server)
        return compare.compare([cell_of(text) for text in options.cells], servers, options, "answer", own="eddy")


if __name__ == "__main__":
    compare.run_main(run)
