#!/usr/bin/env python3
"""Awaits that complete at once take no stack, however many there are and however deep."""

import sys

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position


class Awaits(boards.Case):
    def check(self, program):
        board = self.board(program)
        depths = {}
        for name in ("children", "failures", "operations", "chains of 20", "chains of 80"):
            depths[name] = board.numbers(name + ": ")
            with self.subTest(name, bytes_of_stack=depths[name]):
                self.assertGreater(depths[name]["few"], 0)
                self.assertEqual(depths[name]["many"], depths[name]["few"])
        self.assertEqual(depths["chains of 80"], depths["chains of 20"])
        self.assertEqual(board.end(), 0)

    def test_as_firmware_is_compiled(self):
        self.check("awaits")

    def test_without_optimisation(self):
        self.check("awaits_unoptimised")


if __name__ == "__main__":
    boards.main()
