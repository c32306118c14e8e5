"""Something for each example to do on a board, so that it takes what it takes in use."""

import threading

import boards
import measure

MESSAGE = b"Hello, world"
CLIENT = ("--host", boards.HOST, "--port")


class Workload:
    """A program that runs, and peers of it on this computer."""

    def __init__(self, board, program):
        self._board = board
        self._program = program
        self.connection = None  # bytes of the arena for one more

    def run(self, *arguments):
        return measure.Run(self._board, self._program, *arguments)

    def echo_server(self, *arguments, first=b"", port=5000):
        """TCP: some connections, each with an exchange; `first` is what the server says to a new one."""
        with self.run(*arguments) as run:
            self.connection = measure.connection_memory(run, port, first)
            return run.use()[1]

    def udp_server(self):
        with self.run() as run:
            port = run.board.port("UDP")
            with boards.socket.socket(boards.socket.AF_INET, boards.socket.SOCK_DGRAM) as peer:
                peer.settimeout(boards.SAFETY)
                peer.sendto(MESSAGE, ("127.0.0.1", port))
                peer.recv(100)
            return run.use()[1]

    def tcp_client(self, answer, *arguments):
        with boards.socket.create_server(("127.0.0.1", 0)) as listener:
            def serve():
                peer, _ = listener.accept()
                with peer:
                    peer.sendall(answer(peer.recv(1000)))
            server = threading.Thread(target=serve, daemon=True)
            server.start()
            with self.run(*CLIENT, listener.getsockname()[1], *arguments) as run:
                return self.at_end(run)

    def udp_client(self, answer):
        with boards.socket.socket(boards.socket.AF_INET, boards.socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(boards.SAFETY)
            with self.run(*CLIENT, peer.getsockname()[1]) as run:
                data, client = peer.recvfrom(1000)
                peer.sendto(answer(data), client)
                return self.at_end(run)

    def forwarder(self):
        """Connections to a server of this computer that echoes."""
        with boards.socket.create_server(("127.0.0.1", 0)) as listener:
            def serve(peer):
                with peer:
                    while data := peer.recv(1000):
                        peer.sendall(data)
            def accept():
                while True:
                    try:
                        peer, _ = listener.accept()
                    except OSError:
                        return
                    threading.Thread(target=serve, args=(peer,), daemon=True).start()
            threading.Thread(target=accept, daemon=True).start()
            with self.run("--to", f"{boards.HOST}:{listener.getsockname()[1]}") as run:
                self.connection = measure.connection_memory(run)
                return run.use()[1]

    def until(self, line):
        with self.run() as run:
            run.board.line(line)
            return run.use()[1]

    def to_its_end(self):
        with self.run() as run:
            return self.at_end(run)

    @staticmethod
    def at_end(run):
        return run.told()[1]


def _ntp(request):
    answer = bytearray(48)
    answer[0:2] = b"\x24\x01"
    answer[24:32] = request[40:48]
    answer[32:36] = answer[40:44] = (2_208_988_800 + 1_000_000_000).to_bytes(4, "big")
    return bytes(answer)


WORKLOADS = {
    "chat_server": lambda work: work.echo_server(first=b"* you are client"),
    "http_get": lambda work: work.tcp_client(lambda _: b"HTTP/1.0 200 OK\r\n\r\nthe page\n"),
    "multi_port_server": lambda work: work.echo_server("--timeout", boards.SAFETY, port=5001),
    "multicast_listener": lambda work: work.until("listening on"),
    "multicast_sender": lambda work: work.to_its_end(),
    "ntp_client": lambda work: work.udp_client(_ntp),
    "port_forwarder": lambda work: work.forwarder(),
    "readme_echo_server": lambda work: work.echo_server(),
    "tcp_echo_client": lambda work: work.tcp_client(lambda data: data),
    "tcp_echo_server": lambda work: work.echo_server(),
    "udp_echo_client": lambda work: work.udp_client(lambda data: data),
    "udp_echo_server": lambda work: work.udp_server(),
}


def measured(board, program):
    """Bytes of the arena for each connection, or None where there is no connection to a server; and of the stack."""
    work = Workload(board, program)
    stack = WORKLOADS[program](work)
    return work.connection, stack
