#!/usr/bin/env python3
"""A board with a NINA module in its emulator: the module's firmware, by its pins."""

import sys

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position


class Bus(boards.Case):
    def test_firmware_answers(self):
        for virtual in True, False:
            with self.subTest(virtual=virtual):
                board = self.board("nina_pins", "version", virtual=virtual)
                self.assertRegex(board.line("answer "), r"^224 183 1, version [0-9]+\.[0-9]+\.[0-9]+")
                self.assertEqual(board.end(), 0)
                self.assertEqual([line for line in board.seen if line.startswith("emulator")], [])


if __name__ == "__main__":
    boards.main()
