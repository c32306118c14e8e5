#!/usr/bin/env python3
"""Runs firmware in QEMU as if it were a program of this computer.

    qemu.py --machine mps2-an385 -- FIRMWARE ARGUMENTS…

The board's console is this program's output. Each port that the firmware opens is forwarded from a free port of
127.0.0.1, or from the one that --forward names; a line says which. SIGINT and SIGTERM reach the firmware as Ctrl-C,
SIGUSR1 as Ctrl-T, as does that key itself; SIGUSR2 or Ctrl-N pulls the network cable out, or plugs it in again. The exit
status is the firmware's; 70 after a fault. --address 10.0.2.77/24,gateway=10.0.2.2 gives the board that address instead
of the one that DHCP gives it.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import threading

sys.path.append(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path.append(os.path.dirname(os.path.realpath(__file__)))
import address  # pylint: disable=import-error,wrong-import-position
import monitor  # pylint: disable=import-error,wrong-import-position
import terminal  # pylint: disable=import-error,wrong-import-position

# The network controller that QEMU's machine has, if any.
CONTROLLERS = {
    "mps2-an385": "lan9118",
    "mps2-an386": "lan9118",
    "mps2-an500": "lan9118",
    "lm3s6965evb": "stellaris",
    "microbit": None,
}

OPENED = re.compile(r"(?:info: )?(TCP|UDP) port (\d+) is open$")
UP = re.compile(r"info: the network is up, this host has ([\d.]+)$")
# What embedded/runtime/cortex_m/startup.cc has room for.
LONGEST_LINE = 766

CTRL_C = b"\x03"
CTRL_T = b"\x14"
CTRL_N = b"\x0e"


class Board:
    """A board that runs. `say` gets each line of its console, from another thread. `extra`: options of QEMU's.
    `static`: its address, where DHCP is not to choose it. `nic`: what -nic says before the controller, for another
    network than QEMU's own. `held`: it does nothing before `go`. Raises address.Wrong."""

    def __init__(
        self,
        machine,
        firmware,
        arguments=(),
        say=print,
        forwards=None,
        packets=None,
        extra=(),
        static=None,
        nic="user,id=net",
        held=False,
    ):
        self.machine = machine
        self.forwarded = {}  # (protocol, the firmware's port) -> the port on 127.0.0.1
        self._fixed = forwards or {}
        self._guest = ""
        # Before the program's name: embedded/runtime/cortex_m/startup.cc.
        self._static = ["\x1e" + address.parse(static).hex()] if static else []
        self._say = say
        self._cable = threading.Lock()
        self._plugged = True
        self._process = None
        self._start(firmware, arguments, packets, extra, nic)
        if not held:
            self.go()

    def _start(self, firmware, arguments, packets, extra, nic):
        line = "\x1f".join([*self._static, os.path.basename(firmware), *arguments])
        # The firmware would get none at all.
        if len(line.encode()) > LONGEST_LINE:
            raise SystemExit(f"error: the board takes {LONGEST_LINE} bytes of arguments, not {len(line.encode())}")
        line = line.replace(",", ",,")
        options = ["-machine", self.machine, "-display", "none", "-serial", "stdio", "-parallel", "none"]
        controller = CONTROLLERS[self.machine]
        options += ["-nic", f"{nic},model={controller}" if controller else "none", "-kernel", firmware]
        options += ["-semihosting-config", f"enable=on,target=native,arg={line}"]
        options += extra
        if packets:
            options += ["-object", f"filter-dump,id=dump,netdev=net,file={packets}"]
        self._process, self.monitor = monitor.start(options, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def go(self):
        """Lets the processor begin."""
        try:
            self.monitor.execute("cont")
        except (EOFError, OSError):
            pass  # the firmware has ended already

    def _read(self):
        for raw in self._process.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            self._say(line)
            up = UP.search(line)
            if up:
                self._guest = up[1]
            opened = OPENED.search(line)
            if opened:
                self._forward(opened[1], int(opened[2]))

    def _forward(self, protocol, port):
        if (protocol, port) in self.forwarded:
            return
        try:
            host_port = self.monitor.forward_from(protocol, self._fixed.get((protocol, port)), self._guest, port)
        except RuntimeError as error:
            self._say(f"emulator: the board's {protocol} port {port} cannot be reached: {error}")
            return
        except (EOFError, OSError):
            return
        self.forwarded[protocol, port] = host_port
        self._say(f"emulator: {protocol} 127.0.0.1:{host_port} is the board's port {port}")

    def press(self, key):
        """Types a key at the console."""
        try:
            self._process.stdin.write(key)
        except OSError:
            pass

    def move_cable(self):
        """Pulls the network cable out, or plugs it in again."""
        with self._cable:
            if CONTROLLERS[self.machine] is None:
                self._say(f"emulator: {self.machine} has no network")
                return
            self._plugged = not self._plugged
            # First, so that this line is before those of the board.
            self._say("emulator: the network cable is " + ("plugged in" if self._plugged else "pulled out"))
            try:
                self.monitor.set_link(self._plugged)
            except (EOFError, OSError):
                pass  # the firmware has ended

    def wait(self, timeout=None):
        """The firmware's exit status."""
        status = self._process.wait(timeout)
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()
        self.monitor.close()
        return status

    def stop(self):
        """Ends QEMU, whatever the firmware does."""
        self._process.kill()
        self.wait()


def ports(text):
    port, host_port = map(int, text.split(":"))
    return port, host_port


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--machine", required=True, choices=sorted(CONTROLLERS))
    parser.add_argument("--packets", help="a pcap file to write the board's traffic to")
    parser.add_argument("--address", metavar="SETTING", help="a static address: embedded/address.py")
    parser.add_argument("--forward", action="append", default=[], type=ports, metavar="PORT:HOSTPORT")
    parser.add_argument("firmware")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    forwards = {}
    for port, host_port in options.forward:
        forwards["TCP", port] = forwards["UDP", port] = host_port

    def say(line):
        try:
            print(line, flush=True)
        except BrokenPipeError:  # whoever read it has gone: as Ctrl-C
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            board.press(CTRL_C)

    try:
        board = Board(
            options.machine,
            options.firmware,
            options.arguments,
            say,
            forwards,
            options.packets,
            static=options.address,
            held=True,
        )
    except address.Wrong as wrong:
        sys.exit(f"error: --address {options.address}: {wrong}")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: board.press(CTRL_C))

    def pressed(key):
        if key == CTRL_T:
            board.press(CTRL_T)
        else:
            board.move_cable()

    signal.signal(signal.SIGUSR1, lambda *_: pressed(CTRL_T))
    # Not here: it waits for QEMU's monitor, and the next signal may interrupt it.
    signal.signal(signal.SIGUSR2, lambda *_: threading.Thread(target=pressed, args=(CTRL_N,)).start())
    # What else a terminal sends leaves it as it was.
    for number in (signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        with terminal.Keys((CTRL_T, CTRL_N), pressed):
            board.go()
            return board.wait()
    finally:
        board.stop()


if __name__ == "__main__":
    sys.exit(main())
