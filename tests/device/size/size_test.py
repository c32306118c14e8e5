#!/usr/bin/env python3
"""What the echo servers take on a board stays within bounds. All of it is counted, nothing is timed."""

import sys
import unittest

sys.path[:0] = ["tests/device", "tests/device/size"]
import boards  # pylint: disable=wrong-import-position
import elf  # pylint: disable=wrong-import-position
import measure  # pylint: disable=wrong-import-position
import size  # pylint: disable=wrong-import-position

BOARD = "mps2-an385"
# Bytes of flash beyond those of the plain server.
FLASH = {
    "readme_echo_server": 16_700,
    "tcp_echo_server": 21_900,
    "terse_readme_echo_server": 8_192,
    "terse_tcp_echo_server": 13_400,
}
# Bytes for a connection beyond lwIP's own and the handler's own buffer.
CONNECTION = 600
# Of the plain server's instructions for an echo of 64 bytes.
INSTRUCTIONS = 1.25
ATTEMPTS = 10


class Size(unittest.TestCase):
    def each(self):
        return [(program, elf.read(size.path_of(BOARD, program))) for program in size.ECHO_SERVERS]

    def test_flash(self):
        plain = elf.read(size.path_of(BOARD, size.PLAIN)).flash
        for program, bound in FLASH.items():
            self.assertLessEqual(elf.read(size.path_of(BOARD, program)).flash - plain, bound, program)

    def test_memory_of_a_connection_and_of_the_stack(self):
        for program, read in self.each():
            with measure.Run(BOARD, program) as run:
                connection = measure.connection_memory(run)
                self.assertGreater(connection, size.buffer_of(program))
                self.assertLessEqual(connection - size.buffer_of(program), CONNECTION)
                # Twice, as the first telling may itself be what goes deepest.
                run.use()
                self.assertEqual(run.use()[1], run.stack(read.symbols))

    def test_instructions(self):
        plain, _ = measure.instructions(BOARD, size.PLAIN, size.HERE)
        self.assertGreater(plain, 1000)
        for program in FLASH:
            # A busy computer only adds, but may do so for as long as one run lasts.
            for attempt in range(ATTEMPTS):
                count, windows = measure.instructions(BOARD, program, size.folder_of(program))
                if count / plain <= INSTRUCTIONS:
                    break
            else:
                self.fail(f"{program}: {count / plain} of the plain server's, after {attempt + 1} runs: {windows}")

    def test_there_is_no_heap_of_c(self):
        read = elf.read(size.path_of(BOARD, "readme_echo_server"))
        self.assertIn("tcp_input", read.symbols)
        for name in ("malloc", "_malloc_r", "_sbrk", "_sbrk_r", "realloc", "_Znwj", "printf", "fprintf", "_vfprintf_r"):
            self.assertNotIn(name, read.symbols)


if __name__ == "__main__":
    boards.main()
