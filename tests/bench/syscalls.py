#!/usr/bin/env -S python3 -B
"""System calls of the server for each TCP echo, counted by strace.

Each server is run twice with different numbers of echoes; what the second run has more, divided by the difference,
is what an echo costs: starting, accepting and closing cancel out."""

import argparse
import shutil
import signal
import subprocess
import tempfile
import time

import compare
import processes

FEW, MANY = 1000, 3000
SETTLE = 0.1  # seconds for the server to close what the load generator closed
CELLS = ["1x64", "50x64"]


def tracer_of(running, summary):
    """strace, once it has the server."""
    command = [shutil.which("strace") or "strace", "-f", "-c", "-o", summary, "-p", str(running.pid)]
    try:
        tracer = processes.start(command, processes.cores()[1], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        raise processes.Failure(f"strace: {error}") from None
    try:
        line = processes.line_of(tracer, tracer.stderr, "word from strace")
        if "attached" not in line:
            raise processes.Failure(line.strip())
        return tracer
    except BaseException:
        processes.end(tracer)
        raise


def counts(summary):
    """strace's table (% time, seconds, usecs/call, calls, [errors,] syscall) as {syscall: calls}."""
    result = {}
    with open(summary, encoding="ascii") as lines:
        for line in lines:
            fields = line.split()
            if len(fields) >= 5 and fields[3].isdigit() and fields[-1] != "total":
                result[fields[-1]] = int(fields[3])
    return result


def calls(server, arguments, requests):
    with tempfile.NamedTemporaryFile() as summary, processes.Running(server) as running:
        tracer = tracer_of(running, summary.name)
        try:
            processes.load("tcp", running, **arguments, requests=requests)
            time.sleep(SETTLE)
            tracer.send_signal(signal.SIGINT)  # it lets go of the server and writes its table
            tracer.wait(processes.PATIENCE)
        finally:
            processes.end(tracer)
        return counts(summary.name)


def per_echo(server, arguments, scale):
    few, many = (calls(server, arguments, int(count * scale)) for count in (FEW, MANY))
    difference = int(MANY * scale) - int(FEW * scale)
    return {name: (many[name] - few.get(name, 0)) / difference for name in many}


def run(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=compare.comma_list, default=CELLS, help="connections x bytes, by commas")
    compare.add_servers_option(parser)
    parser.add_argument("--scale", type=float, default=1, help=f"of {FEW} and {MANY} echoes")
    options = parser.parse_args(arguments)
    servers = processes.chosen(processes.ECHO_SERVERS, options.servers)
    rows = []
    for cell in options.cells:
        sizes = compare.numbers(cell, ("connections", "size"))
        found = {server.name: per_echo(server, sizes, options.scale) for server in servers}
        rows += [{"cell": cell, "server": name, **each} for name, each in found.items()]
        print(f"\n{cell} bytes: system calls per echo")
        table = []
        for name, each in found.items():
            shown = sorted(((n, c) for n, c in each.items() if c >= 0.0005), key=lambda item: -item[1])
            table.append((name, f"{sum(each.values()):.3f}", ", ".join(f"{n} {c:.3f}" for n, c in shown)))
        compare.print_table(("server", "all", "of these"), table)
    return rows


if __name__ == "__main__":
    compare.run_main(run)
