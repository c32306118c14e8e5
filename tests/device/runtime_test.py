#!/usr/bin/env python3
"""What a board's runtime promises: faults are told, the network comes and goes, memory stays as it is, time goes on
and nobody is woken for nothing."""

import contextlib
import fcntl
import ipaddress
import os
import pty
import signal
import socket
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position


@boards.needs("fault")
class Fault(boards.Case):
    def test_tells_where_and_which_task(self):
        board = self.board("fault")
        self.assertRegex(board.line("fault: exception "), r"^00000003 (status 00010000|sp) ")  # an undefined instruction
        self.assertRegex(board.line("fault: pc "), r"^[0-9a-f]{8} lr [0-9a-f]{8}")
        self.assertRegex(board.line("fault: "), r"fail ran, after its await at tests/device/programs/fault.cc:\d+")
        self.assertEqual(board.end(), 70)

    def test_tells_of_a_stack_overflow(self):
        board = self.board("fault", "--stack")
        board.line("fault: the stack has overflowed")
        self.assertEqual(board.end(), 70)


@boards.needs("link")
class Link(boards.Case):
    def test_goes_and_comes(self):
        board = self.board("link")
        board.line("up")
        for _ in range(2):
            board.emulator.move_cable()
            board.line("down")
            board.emulator.move_cable()
            board.line("up")


@boards.in_qemu
@boards.needs("link")
class Start(boards.Case):
    def test_without_a_cable_is_told_once(self):
        board = self.board("link", held=True)
        board.emulator.move_cable()
        board.emulator.go()
        self.assertEqual(board.line("warn: "), "no link")
        board.emulator.move_cable()
        board.line("up")
        self.assertEqual(sum("no link" in line for line in board.seen), 1)


@boards.needs_chip
class Ipv4Alone(boards.Case):
    def test_an_address_of_ipv6_is_refused(self):
        board = self.board("tcp_echo_server", static="fd00::2/64")
        board.line("error: there is an IPv6 address for this board, whose chip knows none")
        self.assertEqual(board.end(), 1)


@boards.needs("reach")
class Ipv6(boards.Case):
    def test_has_an_address_and_reaches_others(self):
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
        listener.settimeout(boards.SAFETY)
        self.addCleanup(listener.close)
        port = listener.getsockname()[1]
        # Where QEMU shows this computer.
        board = self.board("reach", "--host", "fec0::2", "--port", port)
        self.accept(listener).sendall(b"hello")
        self.assertEqual(board.line("told by "), f"[fec0::2]:{port}: hello")
        self.assertEqual(board.end(), 0)


@boards.needs("memory")
class Memory(boards.Case):
    def ask(self, peer):
        peer.sendall(b"?")
        line = b""
        while not line.endswith(b"\n"):
            line += peer.recv(100)
        return [int(number) for number in line.split()]

    def test_connections_ask_the_arena_for_nothing_more(self):
        board = self.board("memory")
        self.assertRegex(board.line("info: memory: "), r"^\d+ bytes for tasks, \d+ bytes for lwIP$")
        asker = self.connect(board)
        for _ in range(3):  # as many at once as later
            peers = [self.connect(board) for _ in range(3)]
            for peer in peers:
                peer.sendall(b"x")
                self.assertEqual(peer.recv(1), b"x")
                peer.close()
        requests, *_ = self.ask(asker)
        for i in range(50):
            peer = self.connect(board)
            peer.sendall(b"%d" % i)
            self.assertEqual(self.receive(peer, len(b"%d" % i)), b"%d" % i)
            peer.close()
        self.assertEqual(self.ask(asker)[0], requests)


    def test_running_out_fails_one_operation_and_all_else_goes_on(self):
        board = self.board("memory")
        asker = self.connect(board)
        other = self.connect(board)
        for peer in (asker, other):
            peer.sendall(b"x")
            self.assertEqual(peer.recv(1), b"x")
        _, blocks, refused = self.ask(asker)
        asker.sendall(b"+")
        self.assertEqual(asker.recv(1), b"+")
        self.assertGreater(self.ask(asker)[1], blocks + 100)
        for _ in range(3):  # there is nothing to serve them with
            late = self.connect(board)
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(late.recv(1), b"")
            other.sendall(b"still here")
            self.assertEqual(self.receive(other, 10), b"still here")
        self.assertGreater(self.ask(asker)[2], refused + 1)
        asker.sendall(b"-")
        self.assertEqual(asker.recv(1), b"-")
        for _ in range(3):
            peer = self.connect(board)
            peer.sendall(b"y")
            self.assertEqual(peer.recv(1), b"y")
            peer.close()
        board.emulator.press(boards.CTRL_T)
        self.assertRegex(board.line("info: in use: "), r"^\d+ bytes of memory in \d+ blocks, at most \d+, [1-9]\d* refused; at most")

    def test_what_lwip_uses_is_told(self):
        board = self.board("memory")
        for peer in [self.connect(board) for _ in range(3)]:
            peer.sendall(b"x")
            self.assertEqual(peer.recv(1), b"x")
        board.emulator.press(boards.CTRL_T)
        self.assertRegex(board.line("info: TCP_PCB of lwIP: "), r"^3 of \d+, at most 3, 0 refused$")
        self.assertRegex(board.line("info: TCP_PCB_LISTEN of lwIP: "), r"^1 of \d+, at most 1, 0 refused$")
        self.assertRegex(board.line("info: PBUF_POOL of lwIP: "), r"^\d+ of \d+, at most [1-9]\d*, 0 refused$")
        self.assertRegex(board.line("info: MEM of lwIP: "), r"^\d+ of \d+, at most [1-9]\d*, 0 refused$")
        peer.sendall(b"=")  # takes all buffers
        self.assertEqual(peer.recv(1), b"=")
        told = len(board.seen)
        board.emulator.press(boards.CTRL_C)
        self.assertEqual(board.end(), 0)
        # Those alone that had nothing left for somebody.
        ran_out = [line for line in board.seen[told:] if "of lwIP" in line]
        self.assertEqual(len(ran_out), 1, board.seen)
        self.assertRegex(ran_out[0], r"^info: PBUF_POOL of lwIP: \d+ of (\d+), at most \1, [1-9]\d* refused$")

    def test_frames_that_found_no_buffer_are_lost_and_later_ones_are_not(self):
        board = self.board("memory")
        asker = self.connect(board)
        asker.sendall(b"=")
        # More frames than the controller has room for.
        peers = [self.connect(board) for _ in range(5)]
        data = bytes(range(1, 33)) * 1250  # without a command of the program's
        for peer in peers:
            peer.sendall(data)
        self.assertEqual(asker.recv(1), b"=")
        for peer in peers:
            self.assertEqual(self.receive(peer, len(data)), data)


A, AAAA = 1, 28


class Names(boards.Case):
    def test_dhcp_tells_of_name_servers(self):
        board = self.board("names")
        self.assertEqual(board.line("server "), "10.0.2.3:53")
        self.assertEqual(board.end(), 0)

    def test_names_are_looked_up(self):
        port = self.name_server({
            ("both.test", A): [bytes([192, 0, 2, 7]), bytes([192, 0, 2, 8])],
            ("both.test", AAAA): [bytes.fromhex("20010db8" + "0" * 23 + "7")],
        })
        static = f"10.0.2.15/24,gateway=10.0.2.2,dns=10.0.2.2:{port}"
        board = self.board("names", "both.test", "nothing.test", "localhost", static=static)
        self.assertEqual(board.line("server "), f"10.0.2.2:{port}")
        found = {board.line("both.test: ") for _ in range(3)}
        self.assertEqual(found, {"192.0.2.7", "192.0.2.8", "2001:db8::7"})
        self.assertEqual(board.line("nothing.test: "), "host not found")
        self.assertEqual([board.line("localhost: ") for _ in range(2)], ["::1", "127.0.0.1"])
        self.assertEqual(board.end(), 0)

    def test_a_client_connects_by_name(self):
        listener, port = self.listener()
        server = self.name_server({("server.test", A): [bytes([10, 0, 2, 2])]})
        static = f"10.0.2.15/24,dns=10.0.2.2:{server}"
        board = self.board("tcp_echo_client", "--host", "server.test", "--port", port, static=static)
        self.accept(listener).close()
        board.end()


class StaticAddress(boards.Case):
    def test_is_the_boards(self):
        board = self.board("tcp_echo_server", static="10.0.2.77/24,gateway=10.0.2.2")
        self.assertEqual(board.line("info: the network is up, this host has "), "10.0.2.77")
        peer = self.connect(board)
        peer.sendall(b"static")
        self.assertEqual(self.receive(peer, 6), b"static")

    @boards.needs("static")
    def test_is_built_in(self):
        board = self.board("static")
        self.assertEqual(board.line("info: the network is up, this host has "), "10.0.2.99")
        self.assertEqual(board.line("server "), "10.0.2.9:53")
        self.assertEqual(board.end(), 0)

    @boards.needs("static")
    def test_of_the_emulator_goes_before_the_one_built_in(self):
        board = self.board("static", static="10.0.2.78/24,dns=10.0.2.2:5353,dns=[fec0::5]:54")
        self.assertEqual(board.line("info: the network is up, this host has "), "10.0.2.78")
        self.assertEqual(board.line("server "), "10.0.2.2:5353")
        self.assertEqual(board.line("server "), "[fec0::5]:54")
        self.assertEqual(board.end(), 0)

    @boards.in_qemu  # whose packets are seen
    def test_of_ipv6_is_beside_dhcp(self):
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
        listener.settimeout(boards.SAFETY)
        self.addCleanup(listener.close)
        port = listener.getsockname()[1]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        packets = os.path.join(folder.name, "packets")
        board = self.board("reach", "--host", "fec0::2", "--port", port, static="fec0::77/64", packets=packets)
        self.assertEqual(board.line("info: the network is up, this host has "), "10.0.2.15")
        self.accept(listener).sendall(b"hello")
        self.assertEqual(board.line("told by "), f"[fec0::2]:{port}: hello")
        self.assertEqual(board.end(), 0)
        # Routers give it another one, which may be used all the same; this one it asked its neighbours for.
        with open(packets, "rb") as file:
            self.assertIn(ipaddress.ip_address("fec0::77").packed, file.read())

# Time that goes by instructions, of 32 ns each: it is the same on every computer, but for idle time.
BY_INSTRUCTIONS = {"extra": ["-icount", "shift=5"]}


@boards.in_qemu
class Idle(boards.Case):
    def test_wakes_only_for_timers(self):
        board = self.board("idle", "--seconds", 3, **BY_INSTRUCTIONS)
        counts = board.numbers("idle: ")
        # One for each level of the timer wheel that the sleep itself passes.
        self.assertLessEqual(counts["alarms"], counts["wanted"] + 8)
        self.assertGreaterEqual(counts["alarms"], counts["wanted"] - 1)
        self.assertEqual(counts["others"], 0)


@boards.needs("clock")
class Clock(boards.Case):
    def run_for(self, rests, longest, **options):
        board = self.board("clock", "--rests", rests, "--longest", longest, **options)
        counts = board.numbers("clock: ")
        self.assertEqual(board.end(), 0)
        self.assertEqual(counts["back"], 0)
        self.assertEqual(counts["early"], 0)
        self.assertGreaterEqual(counts["alarms"], rests * 9 // 10)
        return counts

    def test_loses_few_cycles_an_alarm(self):
        counts = self.run_for(500, 2_000, **BY_INSTRUCTIONS)
        self.assertLessEqual(abs(counts["lost"]), 30 * counts["alarms"])
        self.assertEqual(counts["others"], 0)

    def test_rests_beyond_what_the_counter_reaches(self):
        counts = self.run_for(3, 2_000_000, **BY_INSTRUCTIONS)
        self.assertGreater(counts["others"], 0)
        self.assertLessEqual(abs(counts["lost"]), 30 * (counts["alarms"] + counts["others"]))

    def test_beside_other_programs(self):
        """The emulated processor may stand still at any instruction: time may be lost, and nothing else."""
        counts = self.run_for(500, 2_000)
        self.assertGreaterEqual(counts["lost"], -50 * (counts["alarms"] + counts["others"]))


@boards.in_qemu
class Command(boards.Case):
    """The wrapper as `bazel run` calls it."""

    def start(self, program, **options):
        firmware = os.path.join("tests/device", self.machine, program + ".elf")
        command = ["embedded/emulator/qemu.py", "--machine", self.machine, "--", firmware]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def start_in_terminal(self, program):
        """In a terminal of its own, which comes as what types there and how it is set."""
        keyboard, screen = pty.openpty()
        self.addCleanup(os.close, keyboard)
        self.addCleanup(os.close, screen)
        process = self.start(
            program,
            stdin=screen,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(screen, termios.TIOCSCTTY, 0),
        )
        return process, lambda keys: os.write(keyboard, keys), lambda: termios.tcgetattr(screen)

    def line(self, process, start):
        for line in process.stdout:
            if line.startswith(start):
                return line
        raise AssertionError(f"no line {start!r}")

    def test_ctrl_c_drains(self):
        process = self.start("tcp_echo_server")
        self.line(process, "listening on")
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        self.assertEqual(process.wait(boards.SAFETY), 0)

    def test_keys_of_the_terminal(self):
        process, press, settings = self.start_in_terminal("tcp_echo_server")
        before = settings()
        self.line(process, "listening on")
        for _ in range(2):
            press(b"what else is typed" + boards.CTRL_T)
            self.assertIn("accept on [::]:5000", self.line(process, "serve at "))
        self.assertEqual(settings()[:6], before[:6])  # nothing but which keys end a line
        press(boards.CTRL_C)
        process.stdout.read()
        self.assertEqual(process.wait(boards.SAFETY), 0)
        self.assertEqual(settings(), before)

    @boards.needs("link")
    def test_the_cable_is_pulled_out_and_plugged_in(self):
        process, press, _ = self.start_in_terminal("link")
        moves = [lambda: press(boards.CTRL_N), lambda: process.send_signal(signal.SIGUSR2)]
        for move in [*moves, *moves]:
            self.line(process, "up")
            move()
            self.line(process, "emulator: the network cable is pulled out")
            self.line(process, "down")
            move()
            self.line(process, "emulator: the network cable is plugged in")

    def test_leaves_the_terminal_as_it_was_when_it_quits(self):
        process, press, settings = self.start_in_terminal("tcp_echo_server")
        before = settings()
        self.line(process, "listening on")
        press(b"\x1c")
        process.stdout.read()
        self.assertEqual(process.wait(boards.SAFETY), 128 + signal.SIGQUIT)
        self.assertEqual(settings(), before)

    def test_ends_when_nobody_reads_any_more(self):
        firmware = os.path.join("tests/device", self.machine, "tcp_echo_server.elf")
        command = ["embedded/emulator/qemu.py", "--machine", self.machine, "--", firmware]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            self.addCleanup(process.kill)
            while not process.stdout.readline().startswith("listening on"):
                pass
            process.stdout.close()
            process.send_signal(signal.SIGUSR1)  # it prints
            self.assertEqual(process.wait(boards.SAFETY), 0)
            self.assertNotIn("Traceback", process.stderr.read())

    def test_a_wrong_address_is_told(self):
        for setting, reason in (
            ("10.0.2.77", "'10.0.2.77' lacks the length of its network's part, such as 10.0.2.77/24"),
            ("10.0.2.77/24,gateway=10.0.3.1", "the gateway 10.0.3.1 is no neighbour in 10.0.2.0/24"),
        ):
            command = ["embedded/emulator/qemu.py", "--machine", self.machine, "--address", setting, "--", "none.elf"]
            done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.stderr, f"error: --address {setting}: {reason}\n")
            self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    boards.main()
