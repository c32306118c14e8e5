#!/usr/bin/env python3
"""What every example does with its arguments, and how it fails: one line and a status."""

import os
import socket
import subprocess

from harness import EXAMPLES, SAFETY, Case, endpoint, main

SERVERS = {  # name → its option for the port
    "chat_server": "--port",
    "multi_port_server": "--port",
    "ntp_server": "--port",
    "port_forwarder": "--listen",
    "tcp_echo_server": "--port",
    "udp_echo_server": "--port",
    "websocket_chat": "--port",
}
CLIENTS = ("http_get", "ntp_client", "tcp_echo_client", "udp_echo_client")
MULTICAST = ("multicast_listener", "multicast_sender")
ALL = (*SERVERS, *CLIENTS, *MULTICAST, "unix_echo")
NO_HOST = "no such host"  # with blanks: no name server is asked
DEFAULTS = {
    "http_get": ("--host TEXT=wifitest.adafruit.com", "--port NUMBER=80", "--path TEXT=/testwifi/index.html",
                 "--timeout SECONDS=5"),
    "ntp_client": ("--host TEXT=pool.ntp.org", "--port NUMBER=123", "--timeout SECONDS=5"),
    "tcp_echo_client": ("--host TEXT=127.0.0.1", "--port NUMBER=5000", "--message TEXT=Hello, world",
                        "--interval SECONDS=5", "--timeout SECONDS=5", "--count NUMBER=1"),
    "udp_echo_client": ("--host TEXT=127.0.0.1", "--port NUMBER=5000", "--message TEXT=Hello, world",
                        "--interval SECONDS=5", "--timeout SECONDS=5", "--count NUMBER=1"),
    "multicast_sender": ("--group ADDRESS=239.192.0.1", "--port NUMBER=5000", "--message TEXT=Hello, world"),
    "multicast_listener": ("--group ADDRESS=239.192.0.1", "--port NUMBER=5000"),
    "port_forwarder": ("--listen NUMBER=5000", "--to HOST:PORT=127.0.0.1:5001"),
    **{name: ("--port NUMBER=5000",) for name, option in SERVERS.items() if option == "--port"},
    "websocket_chat": ("--port NUMBER=8080",),
    "ntp_server": ("--port NUMBER=123", "--interval SECONDS=64"),
}


class CommandLine(Case):
    def test_help_has_the_defaults(self):
        for name in ALL:
            with self.subTest(name):
                status, lines, errors = self.program(name, "--help").rest()
                self.assertEqual((status, errors), (0, []))
                for default in DEFAULTS.get(name, ()):
                    self.assertIn(default, "\n".join(lines))

    def test_unknown_option(self):
        for name in ALL:
            with self.subTest(name):
                self.assert_fails(self.program(name, "--nonsense"), 2, "--nonsense")

    def test_superfluous_argument(self):
        for name in ALL:
            with self.subTest(name):
                self.assert_fails(self.program(name, "surplus"), 2, "surplus")

    def test_ports_that_are_none(self):
        for name in (*SERVERS, *CLIENTS, *MULTICAST):
            option = SERVERS.get(name, "--port")
            for text in ("65536", "-1", "http", "", "5000x"):
                with self.subTest(name, port=text):
                    self.assert_fails(self.program(name, f"{option}={text}" if text else option), 2, option)

    def test_numbers_that_are_none(self):
        for option, text in (("--count", "-1"), ("--count", "4294967296"), ("--interval", "-1"),
                             ("--interval", "nan"), ("--interval", "inf"), ("--timeout", "soon"),
                             ("--parallel", "1.5")):
            with self.subTest(option, text=text):
                self.assert_fails(self.program("tcp_echo_client", f"{option}={text}"), 2, option, text)

    def test_other_values_that_make_no_sense(self):
        for name, option, text in (
                ("port_forwarder", "--to", "somewhere"), ("port_forwarder", "--to", ":80"),
                ("port_forwarder", "--to", "host:"), ("port_forwarder", "--to", "host:70000"),
                ("multicast_sender", "--group", "everybody"), ("multi_port_server", "--port", "65534"),
                ("multicast_sender", "--group", "10.0.0.1"), ("tcp_echo_client", "--parallel", "0"),
                ("http_get", "--path", "/a\r\nb: c")):
            with self.subTest(name, text=text):
                self.assert_fails(self.program(name, option, text), 2, option)

    def test_port_in_use(self):
        for name, option in SERVERS.items():
            with self.subTest(name):
                kind = socket.SOCK_DGRAM if name in ("ntp_server", "udp_echo_server") else socket.SOCK_STREAM
                taken = self.bound(kind=kind)
                port = min(taken.getsockname()[1], 65533)
                program = self.program(name, "--host", "127.0.0.1", option, port)
                self.assert_fails(program, 1, endpoint(taken.getsockname()), "in use")

    def test_one_of_three_ports_in_use(self):
        third = self.bound().getsockname()[1]
        program = self.program("multi_port_server", "--host", "127.0.0.1", "--port", third - 2)
        self.assert_fails(program, 1, "listen on 127.0.0.1:", "in use")

    def test_address_of_another_host(self):
        for name, option in SERVERS.items():
            with self.subTest(name):
                program = self.program(name, "--host", "192.0.2.77", option, 0)  # RFC 5737: nobody's
                self.assert_fails(program, 1, "192.0.2.77:0")

    def test_servers_listen_by_name(self):
        for name, option in SERVERS.items():
            with self.subTest(name):
                host, _ = self.program(name, "--host", "localhost", option, 0).address()
                self.assertIn(host, ("127.0.0.1", "::1"))

    def test_unknown_host(self):
        for name in CLIENTS:
            with self.subTest(name):
                self.assert_fails(self.program(name, "--host", NO_HOST), 1, NO_HOST, "host not found")
        for name, option in SERVERS.items():
            with self.subTest(name):
                self.assert_fails(self.program(name, "--host", NO_HOST, option, 0), 1, NO_HOST, "host not found")

    def test_without_standard_descriptors(self):
        # Descriptors 0 to 2 are free then, and the loop must not take them.
        closed = self.new_socket()
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        for redirection in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"):
            with self.subTest(redirection):
                command = [os.path.join(EXAMPLES, "tcp_echo_client"), "--port", str(port)]
                ended = subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirection}', *command],
                                       capture_output=True, check=False, timeout=SAFETY)
                self.assertEqual(ended.returncode, 1)
                if "2>" not in redirection:
                    self.assertIn(b"refused", ended.stderr)

    def test_http_server_that_says_nothing(self):
        listener = self.bound()

        def hear():
            connection, _ = listener.accept()
            with connection:
                connection.recv(256)

        peer = self.peer(hear)
        program = self.program("http_get", "--host", "127.0.0.1", "--port", listener.getsockname()[1])
        self.assert_fails(program, 1, "answer of the server", "end of stream")
        peer.result()

    def test_refused(self):
        for name in CLIENTS:
            with self.subTest(name):
                kind = socket.SOCK_STREAM if name in ("http_get", "tcp_echo_client") else socket.SOCK_DGRAM
                closed = self.bound(kind=kind)
                port = closed.getsockname()[1]
                if kind == socket.SOCK_STREAM:
                    closed = self.new_socket()  # bound, so that nobody else gets the port, and not listening
                    closed.bind(("127.0.0.1", 0))
                    port = closed.getsockname()[1]
                else:
                    # Taken by a socket that is connected elsewhere: what comes from others is refused.
                    closed.connect(("127.0.0.1", 9))
                program = self.program(name, "--host", "127.0.0.1", "--port", port)
                self.assert_fails(program, 1, f"127.0.0.1:{port}", "refused")

    def test_parallel_clients_refused(self):
        closed = self.new_socket()
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        self.assert_fails(self.program("tcp_echo_client", "--port", port, "--parallel", 8), 1, "refused", port)

    def test_connect_by_name_that_times_out_names_the_endpoint(self):
        # A listener whose backlog is full answers no further SYN.
        listener = self.new_socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(4):
            waiting = self.new_socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        program = self.program("tcp_echo_client", "--host", "localhost", "--port", port, "--timeout", 0.5)
        self.assert_fails(program, 1, f"connect to localhost:{port}", "timed out")

    def test_silent_servers_time_out(self):
        for name, kind in (("tcp_echo_client", socket.SOCK_STREAM), ("udp_echo_client", socket.SOCK_DGRAM)):
            with self.subTest(name):
                port = self.bound(kind=kind).getsockname()[1]
                program = self.program(name, "--port", port, "--timeout", 0.05)
                self.assert_fails(program, 1, f"127.0.0.1:{port}", "timed out")


if __name__ == "__main__":
    main()
