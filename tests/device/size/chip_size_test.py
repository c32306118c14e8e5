#!/usr/bin/env python3
"""What an echo server takes over a chip's own sockets stays within bounds."""

import sys

sys.path[:0] = ["tests/device", "tests/device/size"]
import boards  # pylint: disable=wrong-import-position
import elf  # pylint: disable=wrong-import-position
import measure  # pylint: disable=wrong-import-position
import size  # pylint: disable=wrong-import-position

TERSE = "terse_readme_echo_server"
CONNECTION = 400  # bytes of the arena for a connection, beyond the handler's own buffer


class Bounds:
    """Bytes of flash, and of variables and both stacks; tasks have the arena. `driver`: a symbol of it."""

    def __init__(self, flash, ram, driver):
        self.flash = flash * 1024
        self.ram = ram * 1024
        self.driver = driver


BOUNDS = {
    "nano-rp2040-connect": Bounds(28, 10, "_ZN3net4nina6Module3runEv"),
    "w5500-evb-pico": Bounds(24, 8, "_ZN3net5w550012W5500Network4pollEv"),
}


class Size(boards.Case):
    def test_flash_and_memory(self):
        bounds = BOUNDS[self.machine]
        read = elf.read(size.path_of(self.machine, TERSE))
        print(f"{TERSE}: flash {read.flash}, variables {read.variables}, stacks {read.stacks}", file=sys.stderr)
        self.assertLessEqual(read.flash, bounds.flash)
        self.assertLessEqual(read.variables + read.stacks, bounds.ram)
        self.assertIn(bounds.driver, read.symbols)
        for name in ("tcp_input", "malloc", "_malloc_r", "_sbrk", "_Znwj", "printf", "_vfprintf_r"):
            self.assertNotIn(name, read.symbols)

    def test_a_connection(self):
        with measure.Run(self.machine, "readme_echo_server") as run:
            own = size.buffer_of("readme_echo_server")
            connection = measure.connection_memory(run, more=3)  # a NINA module has five
            print(f"a connection: {connection:.0f}, of it the buffer {own}", file=sys.stderr)
            self.assertGreater(connection, own)
            self.assertLessEqual(connection - own, CONNECTION)


if __name__ == "__main__":
    boards.main()
