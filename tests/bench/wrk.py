"""wrk as the load generator, with the results of ours. The server's CPU time is that of wrk's whole run, connecting
included; how long wrk itself had to wait for a core nobody tells."""

import math
import os
import resource
import shutil
import subprocess
import time

import processes

CLOCK_OF_PROCESS = 2  # as clock_getcpuclockid(3) makes it


def cpu_ns(pid):
    return time.clock_gettime_ns((~pid << 3) | CLOCK_OF_PROCESS)


def waited_ns(pid):
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as line:
        return int(line.read().split()[1])


def load_secure(mode, running, **arguments):
    return load(mode, running, scheme="https", **arguments)


def load(_mode, running, path, connections, flight, seconds, scheme="http", **_):
    """One run; wrk knows whole seconds only."""
    if shutil.which("wrk") is None:
        raise processes.Failure("wrk is not installed")
    url = f"{scheme}://127.0.0.1:{running.port}{path}"
    load_ = ["-t1", f"-c{connections}", f"-d{max(1, math.ceil(seconds))}s"]
    fields = ["-HUser-Agent: load", "-HAccept: */*"]
    command = ["wrk", *load_, *fields, "-s", processes.required("wrk.lua"), url, "--", str(flight)]
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, waited = cpu_ns(running.pid), waited_ns(running.pid)
    process = processes.start(command, processes.cores()[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        output, errors = process.communicate(timeout=seconds + 6 * processes.PATIENCE)
    finally:
        processes.end(process)
    cpu, waited = cpu_ns(running.pid) - cpu, waited_ns(running.pid) - waited
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        raise processes.Failure(f"{running.server.name}: wrk: {errors.strip() or output.strip()}")
    result = processes.numbers_of(output)
    if result["errors"]:
        raise processes.Failure(f"{running.server.name}: wrk saw {result['errors']:.0f} errors")
    busy = (used.ru_utime + used.ru_stime - own.ru_utime - own.ru_stime) * 1e9
    return {"done": result["done"], "seconds": result["us"] / 1e6, "server_cpu_ns": cpu, "waited_ns": waited,
            "load_idle_ns": max(0, result["us"] * 1e3 - busy), "lost": 0}
