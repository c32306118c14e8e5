"""The platforms of the matrix: what runs a program there, and what stands behind the name.

To add one: an entry of PLATFORMS, and its programs in BUILD.
"""

import os
import sys

HERE = "tests/interop/matrix"
EMULATOR = "embedded/emulator"

FULL = 1_000_000
SOME = 100_000


class Platform:
    """`key` names it in options, `name` in tables and `short` above their columns, where a | ends a line. `command` gives
    the command that runs a program. `forwarded`: it is behind a network of its own, in which this computer is 10.0.2.2,
    and a line says where its ports are. `quick`: how many bytes it exchanges where time is short. `stands_for`: what it is
    in the table that this project began with; `what`: what it is."""

    def __init__(self, key, name, short, command, *, forwarded=True, quick=FULL, stands_for, what):
        self.key, self.name, self.short = key, name, short
        self.command, self.forwarded, self.quick = command, forwarded, quick
        self.stands_for, self.what = stands_for, what

    @property
    def computer(self):
        """This computer, to its clients."""
        return "10.0.2.2" if self.forwarded else "127.0.0.1"

    def lacks(self, programs):
        """Why it cannot run, or nothing."""
        for program in programs:
            for word in self.command(program):
                if word.startswith((f"{HERE}/{self.key}/", f"{EMULATOR}/")) and not os.path.exists(word):
                    return f"there is no {word}"
        return ""


def _cpython(program):
    return [sys.executable, f"{HERE}/cpython.py", program]


def _desktop(program):
    folder = f"{HERE}/programs" if program.startswith("bulk_") else "examples"
    return [f"{folder}/{program}"]


def _wired(mode):
    return lambda program: [sys.executable, f"{HERE}/wired.py", f"{HERE}/{mode}/{program}"]


def _qemu(machine):
    return lambda program: [
        sys.executable, f"{EMULATOR}/qemu.py", "--machine", machine, "--", f"{HERE}/{machine}/{program}.elf"
    ]  # fmt: skip


def _rp2040(board, chip):
    return lambda program: ["node", f"{EMULATOR}/rp2040.mjs", "--chip", chip, "--", f"{HERE}/{board}/{program}.elf"]


PLATFORMS = [
    Platform(
        "cpython", "CPython", "CPython", _cpython, forwarded=False,
        stands_for="CPython",
        what="CPython's sockets, called as the examples that this project began with call theirs (../peers)",
    ),
    Platform(
        "desktop", "desktop, libuv", "desktop|libuv", _desktop, forwarded=False,
        stands_for="new here",
        what="the library on the desktop",
    ),
    Platform(
        "lwip-no-sys", "desktop, lwIP polled (NO_SYS)", "lwIP|polled", _wired("lwip-no-sys"),
        stands_for="Pico W: its mode and port, no chip",
        what="what stands for a Pico W: the port to the Pico SDK (embedded/ports/pico_sdk), as it is, in its polled mode, "
        "NO_SYS, on the desktop, with a stand-in for the SDK whose radio is an Ethernet of QEMU's",
    ),
    Platform(
        "lwip-threaded", "desktop, lwIP in a thread", "lwIP|thread", _wired("lwip-threaded"),
        stands_for="ESP32-S2: its mode and port, no chip",
        what="what stands for an ESP32-S2: the port to ESP-IDF (embedded/ports/esp_idf), as it is, beside an lwIP in a "
        "thread of its own, on the desktop, with a stand-in for the SDK whose radio is an Ethernet of QEMU's",
    ),
    Platform(
        "mps2-an385", "mps2-an385, lwIP", "mps2-|an385", _qemu("mps2-an385"),
        stands_for="new here",
        what="firmware for a Cortex-M3 with an Ethernet controller, in QEMU",
    ),
    Platform(
        "w5500-evb-pico", "RP2040 + W5500, its sockets", "W5500|sockets", _rp2040("w5500-evb-pico", "w5500"), quick=SOME,
        stands_for="WIZnet5K: an emulated W5500-EVB-Pico",
        what="firmware for a W5500-EVB-Pico in rp2040js, over the sockets of the chip's model",
    ),
    Platform(
        "w5500-evb-pico-lwip", "RP2040 + W5500, lwIP", "W5500|lwIP", _rp2040("w5500-evb-pico-lwip", "w5500"), quick=SOME,
        stands_for="new here",
        what="the same board, with the chip as a plain Ethernet controller (MACRAW) under lwIP",
    ),
    Platform(
        "nano-rp2040-connect", "RP2040 + NINA", "NINA", _rp2040("nano-rp2040-connect", "nina"), quick=SOME,
        stands_for="ESP32SPI: an emulated Nano RP2040 Connect",
        what="firmware for an Arduino Nano RP2040 Connect in rp2040js, over the sockets of the model of its NINA module",
    ),
]  # fmt: skip
