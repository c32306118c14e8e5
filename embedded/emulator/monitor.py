"""QEMU as a part of the program that starts it, and the monitor by which that program directs it."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

# prctl(2): the signal that a process gets when its parent ends, however that ends.
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

STARTS = 60  # seconds at most
TRIES = 10  # somebody else may have taken a port that was free


class Monitor:
    """QEMU's machine protocol, one command at a time."""

    def __init__(self, connection):
        self._connection = connection
        self._stream = connection.makefile("rw", encoding="utf-8", newline="\n")
        self._lock = threading.Lock()
        self._stream.readline()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        with self._lock:
            print(json.dumps({"execute": command, "arguments": arguments}), file=self._stream, flush=True)
            for line in self._stream:
                answer = json.loads(line)
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise RuntimeError(answer["error"]["desc"])
        raise EOFError("QEMU has ended")

    def forward(self, protocol, host_port, guest, port):
        """From a port of 127.0.0.1 to the guest's; to the address that DHCP gives first where `guest` is empty."""
        said = self.execute(
            "human-monitor-command",
            **{"command-line": f"hostfwd_add {protocol.lower()}:127.0.0.1:{host_port}-{guest}:{port}"},
        )
        if said.strip():
            raise RuntimeError(said.strip())

    def forward_from(self, protocol, host_port, guest, port):
        """The same, from a free port if `host_port` is none; which one."""
        for _ in range(TRIES):
            chosen = host_port or free_port(protocol)
            try:
                self.forward(protocol, chosen, guest, port)
            except RuntimeError as error:
                reason = error
                continue
            return chosen
        raise reason

    def set_link(self, up):
        """Plugs the network cable in, or out."""
        self.execute("set_link", name="net", up=up)

    def close(self):
        self._stream.close()
        self._connection.close()


def free_port(protocol):
    kind = socket.SOCK_STREAM if protocol == "TCP" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(options, **pipes):
    """The process, held before its first instruction, and its monitor. It ends with the thread that calls this."""
    qemu = shutil.which("qemu-system-arm")
    if qemu is None:
        raise SystemExit("error: qemu-system-arm is not installed (./bazelw installs it for --config=BOARD)")
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = os.path.join(folder, "monitor")
        listener.bind(path)
        listener.listen(1)
        process = subprocess.Popen(
            [qemu, *options, "-qmp", f"unix:{path}", "-S"],  # it begins when the monitor is there
            start_new_session=True,
            bufsize=0,
            preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
            **pipes,
        )
        listener.settimeout(STARTS)
        connection, _ = listener.accept()
    return process, Monitor(connection)
