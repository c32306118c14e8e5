"""Finding, starting and ending the servers and the load generator."""

import dataclasses
import os
import pathlib
import resource
import select
import signal
import subprocess
import sys
import time

LIFETIME = 900  # seconds after which any child ends by itself, whatever became of the driver
UNOPTIMISED = ("-fastbuild", "-dbg")  # in the names of Bazel's output directories
PATIENCE = 10  # seconds for a child to say something, or to end


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    binary: str
    arguments: tuple = ()
    worker: bool = False  # it is a child of the process that is started that serves


# The first of each list is the base of all ratios.
ECHO_SERVERS = (
    Server("epoll", "epoll_echo"),
    Server("libuv", "uv_echo"),
    Server("asio", "asio_echo"),
    Server("eddy", "eddy_echo"),
)
UDP_SERVERS = (
    Server("epoll", "epoll_udp"),
    Server("mmsg", "mmsg_udp"),
    Server("libuv", "uv_udp"),
    Server("asio", "asio_udp"),
    Server("eddy", "eddy_udp"),
)


class Failure(Exception):
    """A benchmark that could not be run to its end."""


def find(binary):
    """The path of a binary that Bazel built, or that lies in $BENCH_BIN; None if there is none."""
    places = [
        os.environ.get("BENCH_BIN"),
        os.path.dirname(os.path.abspath(sys.argv[0])),  # beside the driver, in bazel-bin
        os.path.join(os.getcwd(), "tests", "bench"),  # in the runfiles, where `bazel run` and tests start
    ]
    for place in filter(None, places):
        path = pathlib.Path(place, binary)
        if path.is_file():
            return str(path)
    return None


def required(binary):
    path = find(binary)
    if path is None:
        raise Failure(f"{binary} is not built, or not in $BENCH_BIN")
    return path


def chosen(servers, names=None):
    """Those of `servers` with one of `names`; without names all that are built, and a note about the others."""
    if names:
        unknown = set(names) - {server.name for server in servers}
        if unknown:
            raise Failure(f"no such server: {', '.join(sorted(unknown))}")
        servers = [server for server in servers if server.name in names]
        for server in servers:
            required(server.binary)
    built = [server for server in servers if find(server.binary)]
    for server in servers:
        if server not in built:
            print(f"note: {server.binary} is not built and left out")
    if not built:
        raise Failure("no server is built; is $BENCH_BIN right?")
    if any(mode in os.path.realpath(find(server.binary)) for server in built for mode in UNOPTIMISED):
        print("note: this build is not optimised, though the peers are; build with `-c opt`")
    return built


def cores():
    """The core of the server and that of the load generator; the same one where there is no other."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def raise_file_limit():
    """Raises this process's limit of open files, which children inherit, to what is allowed; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def start(command, core, **pipes):
    def prepare():
        os.sched_setaffinity(0, {core})
        signal.alarm(LIFETIME)  # outlives exec

    return subprocess.Popen(command, preexec_fn=prepare, text=True, **pipes)


def line_of(process, stream, what):
    """The next line of a child's output."""
    ready, _, _ = select.select([stream], [], [], PATIENCE)
    line = stream.readline() if ready else ""
    if not line:
        raise Failure(f"{' '.join(process.args)}: no {what}")
    return line


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()


def child_of(pid):
    """The one child of a process, when it has it."""
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
            found = children.read().split()
        if found:
            return int(found[0])
        time.sleep(0.01)
    raise Failure("the server started no worker")


class Running:
    """A started server, as a context; `pid` and `port` tell where it is."""

    def __init__(self, server):
        self.server = server
        command = [required(server.binary), *server.arguments]
        self.process = start(command, cores()[0], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.pid = self.process.pid
        try:
            word, self.port = line_of(self.process, self.process.stdout, "port").split()
            if word != "port":
                raise Failure(f"{server.binary}: it should print `port N` first")
            if server.worker:
                self.pid = child_of(self.pid)
        except BaseException:
            end(self.process)
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        crashed = self.process.poll() is not None
        end(self.process)
        if crashed and kind is None:
            raise Failure(f"{self.server.binary} ended by itself with status {self.process.returncode}")


def load_command(mode, running, arguments):
    """The command of the load generator; `arguments` maps option names to values, True for a mere switch."""
    server_core, load_core = cores()
    arguments = {"port": running.port, "server-pid": running.pid, "sleep": server_core == load_core, **arguments}
    given = {name: value for name, value in arguments.items() if value is not False}
    options = [f"--{name}" if value is True else f"--{name}={value}" for name, value in given.items()]
    return [required("load"), mode, *options]


def start_load(mode, running, arguments, **pipes):
    command = load_command(mode, running, arguments)
    return start(command, cores()[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **pipes)


def load(mode, running, **arguments):
    """Runs the load generator against a server; its result as a dictionary of numbers."""
    arguments = {name.replace("_", "-"): value for name, value in arguments.items()}
    process = start_load(mode, running, arguments, stdin=subprocess.DEVNULL)
    limit = arguments.get("seconds", 0) + arguments.get("warm-up", 0) + 6 * PATIENCE
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failure(f"{running.server.name}: the load generator does not come to an end") from None
    finally:
        end(process)
    if process.returncode != 0:
        raise Failure(f"{running.server.name}: {errors.strip()}")
    return numbers_of(output)


def numbers_of(output):
    for line in output.splitlines():
        if line.startswith("result "):
            pairs = (field.split("=") for field in line.split()[1:])
            return {name: float(value) for name, value in pairs if name != "mode"}
    raise Failure("the load generator printed no result")
