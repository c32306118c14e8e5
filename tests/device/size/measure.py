"""What a program takes while it runs on an emulated board."""

import mmap
import os
import re
import struct
import sys
import tempfile

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position

PLUGIN = "tests/device/size/instructions.so"
ECHO = bytes(range(64))
WARM_UP = 50  # echoes
WINDOWS = 9
WINDOW = 100  # echoes

_USE = re.compile(
    r"(\d+) bytes of memory in \d+ blocks, at most \d+, \d+ refused; at most (\d+) of \d+ bytes of stack$"
)


class Run:
    """A program on a board, as a context."""

    def __init__(self, machine, program, *arguments, **options):
        self.board = boards.Board(machine, program, *arguments, **options)
        self._peers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for peer in self._peers:
            peer.close()
        self.board.stop()

    def connect(self, port=5000):
        peer = self.board.connect(port)
        peer.setsockopt(boards.socket.IPPROTO_TCP, boards.socket.TCP_NODELAY, 1)
        self._peers.append(peer)
        return peer

    def use(self):
        """Bytes of the arena in use, and of the stack that have been, as the program tells them."""
        self.board.emulator.press(boards.CTRL_T)
        return self.told()

    def told(self):
        """The same, as the program tells when it ends, or has been asked."""
        return tuple(map(int, _USE.match(self.board.line("info: in use: ")).groups()))

    def stack(self, symbols):
        """Bytes of the stack that have been in use, from the board's memory itself."""
        start, top = symbols["net_ram_start"][0], symbols["net_process_stack_top"][0]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "stack")
            self.board.emulator.monitor.execute("pmemsave", val=start, size=top - start, filename=path)
            with open(path, "rb") as file:
                words = [word for word, in struct.iter_unpack("<I", file.read())]
        untouched = next(i for i, word in enumerate(words) if word != words[0])
        return top - start - 4 * untouched


def echo(peer, data=ECHO):
    peer.sendall(data)
    received = b""
    while len(received) < len(data):
        more = peer.recv(len(data) - len(received))
        if not more:
            raise AssertionError("the connection has ended")
        received += more
    if received != data:
        raise AssertionError("another echo than what was sent")


def connection_memory(run, port=5000, greeting=b"", more=4):
    """Bytes of the arena for each of so many more connections, once two are served. A server either greets a new
    connection, or it echoes."""

    def serve(count):
        peers = [run.connect(port) for _ in range(count)]
        for peer in peers:
            if greeting:
                if not peer.recv(100).startswith(greeting):
                    raise AssertionError("another greeting")
            else:
                echo(peer)
        return run.use()[0]

    before = serve(2)
    return (serve(more) - before) / more


def instructions(machine, program, folder="tests/device"):
    """Instructions that the processor executes for an echo of 64 bytes to the only client: driver, lwIP, program and
    interrupts, all of them. The least of some windows, as a computer that is busy only adds to it (more of the
    board's time passes); in each it is the count from the end of one echo to the end
    of another, so that what an echo leaves to be done is in it once."""
    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "count")
        with open(path, "wb") as file:
            file.write(bytes(8))
        plugin = ["-plugin", f"{os.path.abspath(PLUGIN)},count={path}"]
        with Run(machine, program, folder=folder, extra=plugin) as run, open(path, "rb") as file:
            with mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ) as count:
                peer = run.connect()
                for _ in range(WARM_UP):
                    echo(peer)
                marks = [struct.unpack("<Q", count[:])[0]]
                for _ in range(WINDOWS):
                    for _ in range(WINDOW):
                        echo(peer)
                    marks.append(struct.unpack("<Q", count[:])[0])
    windows = [(after - before) / WINDOW for before, after in zip(marks, marks[1:])]
    return min(windows), windows
