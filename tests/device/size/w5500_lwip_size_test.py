#!/usr/bin/env python3
"""What an echo server takes over lwIP, with a W5500 for its frames, stays within bounds; and each byte is some library's."""

import sys
import unittest

sys.path[:0] = ["tests/device", "tests/device/size"]
import boards  # pylint: disable=wrong-import-position
import breakdown  # pylint: disable=wrong-import-position
import elf  # pylint: disable=wrong-import-position
import measure  # pylint: disable=wrong-import-position
import size  # pylint: disable=wrong-import-position

BOARD = "w5500-evb-pico-lwip"
# Bytes.
FLASH = 80_500
RAM = 9_000  # variables and both stacks, without lwIP's pools; tasks have the arena
POOLS = 147_000
CONNECTION = 600  # of the arena for a connection, beyond the handler's own buffer and lwIP's


class Size(unittest.TestCase):
    def test_flash_and_memory(self):
        read = elf.read(size.path_of(BOARD, breakdown.PROGRAM))
        own = read.variables - read.pools + read.stacks
        print(f"flash {read.flash}, variables and stacks {own}, lwIP's pools {read.pools}", file=sys.stderr)
        self.assertLessEqual(read.flash, FLASH)
        self.assertLessEqual(own, RAM)
        self.assertLessEqual(read.pools, POOLS)
        self.assertIn("tcp_input", read.symbols)
        for name in ("malloc", "_malloc_r", "_sbrk", "_Znwj", "printf", "_vfprintf_r"):
            self.assertNotIn(name, read.symbols)

    def test_the_breakdown_is_whole(self):
        for board in breakdown.BOARDS:
            parts, others = breakdown.breakdown(board)
            read = elf.read(size.path_of(board, breakdown.PROGRAM))
            self.assertEqual(sum(part.flash for part in parts.values()), read.flash)
            self.assertEqual(sum(part.ram for part in parts.values()), read.variables + read.stacks)
            # What nobody is known for is C's and the compiler's, or too little to matter.
            self.assertEqual([name for name in others if "3net" in name or name.startswith("tcp_")], [])
            self.assertLessEqual(abs(parts[breakdown.NAMELESS].flash), read.flash // 40)
            self.assertGreater(parts["driver of the W5500"].flash, 1000)
        self.assertNotIn("lwIP", parts)  # the last has the chip's own sockets

    def test_a_connection(self):
        with measure.Run(BOARD, "readme_echo_server") as run:
            own = size.buffer_of("readme_echo_server")
            connection = measure.connection_memory(run)
            print(f"a connection: {connection:.0f}, of it the buffer {own}", file=sys.stderr)
            self.assertGreater(connection, own)
            self.assertLessEqual(connection - own, CONNECTION)


if __name__ == "__main__":
    boards.main()
