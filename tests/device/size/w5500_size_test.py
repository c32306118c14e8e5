#!/usr/bin/env python3
"""What an echo server takes over a W5500's own sockets stays within bounds."""

import sys
import unittest

sys.path[:0] = ["tests/device", "tests/device/size"]
import boards  # pylint: disable=wrong-import-position
import elf  # pylint: disable=wrong-import-position
import measure  # pylint: disable=wrong-import-position
import size  # pylint: disable=wrong-import-position

BOARD = "w5500-evb-pico"
TERSE = "terse_readme_echo_server"
# Bytes.
FLASH = 24 * 1024
RAM = 8 * 1024  # variables and both stacks; tasks have the arena
CONNECTION = 400  # of it for a connection, beyond the handler's own buffer


class Size(unittest.TestCase):
    def test_flash_and_memory(self):
        read = elf.read(size.path_of(BOARD, TERSE))
        print(f"{TERSE}: flash {read.flash}, variables {read.variables}, stacks {read.stacks}", file=sys.stderr)
        self.assertLessEqual(read.flash, FLASH)
        self.assertLessEqual(read.variables + read.stacks, RAM)
        self.assertIn("_ZN3net5w550012W5500Network4pollEv", read.symbols)
        for name in ("tcp_input", "malloc", "_malloc_r", "_sbrk", "_Znwj", "printf", "_vfprintf_r"):
            self.assertNotIn(name, read.symbols)

    def test_a_connection(self):
        with measure.Run(BOARD, "readme_echo_server") as run:
            own = size.buffer_of("readme_echo_server")
            connection = measure.connection_memory(run)
            print(f"a connection: {connection:.0f}, of it the buffer {own}", file=sys.stderr)
            self.assertGreater(connection, own)
            self.assertLessEqual(connection - own, CONNECTION)


if __name__ == "__main__":
    boards.main()
