#!/usr/bin/env -S python3 -B
"""WebSocket: messages per second and the server's CPU time for each, beside npm's ws. Rounds are interleaved."""

import argparse
import os
import shutil
import statistics
import subprocess

import processes

# connections, bytes of a message, what is done
CELLS = ((1, 64, "echo"), (64, 64, "echo"), (64, 16384, "echo"), (5000, 64, "all"))


def servers():
    """Name and command of each; the first is what the others are compared with."""
    found = []
    node = shutil.which("node")
    script = processes.find("peers/node_websocket.js")
    if node and script and os.path.exists("/usr/share/nodejs/ws"):
        found.append(("ws", [node, script]))
    else:
        print("note: there is no node, or no ws, which is left out")
    found.append(("eddy", [processes.required("eddy_websocket")]))
    return found


def cpu(pid):
    """Seconds that a process has run."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(command, cell, seconds):
    """Messages a second, and microseconds of CPU for each."""
    connections, size, kind = cell
    server_core, load_core = processes.cores()
    server = processes.start(command, server_core, stdout=subprocess.PIPE)
    load = None
    try:
        port = int(processes.line_of(server, server.stdout, "port"))
        url = f"ws://127.0.0.1:{port}/{'all' if kind == 'all' else ''}"
        load = processes.start(
            [processes.required("websocket_load"), url, str(connections), str(size), str(seconds), kind], load_core,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if load.stdout.readline() != "ready\n":
            raise processes.Failure("the load does not connect")
        before = cpu(server.pid)
        load.stdin.write("go\n")
        load.stdin.flush()
        count, took = load.stdout.readline().split()
        used = cpu(server.pid) - before
        return int(count) / float(took), used / int(count) * 1e6
    finally:
        for each in filter(None, (load, server)):
            processes.end(each)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    options = parser.parse_args()
    processes.raise_file_limit()
    compared = servers()
    base = compared[0][0]
    print(f"medians of {options.rounds} rounds; in brackets CPU of the server for a message")
    for cell in CELLS:
        results = {name: [] for name, _ in compared}
        for _ in range(options.rounds):
            for name, command in compared:
                results[name].append(measure(command, cell, options.seconds))
        connections, size, kind = cell
        print(f"{kind}, {connections} connections, {size} bytes")
        medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}
        for name, (rate, each) in medians.items():
            print(f"  {name:6} {rate:10,.0f}/s ({each:7.2f} us)   {rate / medians[base][0]:5.2f} "
                  f"({each / medians[base][1]:4.2f}) of {base}")


if __name__ == "__main__":
    main()
