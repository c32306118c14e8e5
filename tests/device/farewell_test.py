#!/usr/bin/env python3
"""What a program has written is with its peer when it ends, as on the desktop."""

import sys

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position

BYTES = 100_000
LAST = 1_000  # fewer than any stack has room for, so that they are written at once
STATUS_OF_INTERRUPTED = 130


def pattern(size):
    return bytes(each % 251 for each in range(size))


class Farewell(boards.Case):
    def part(self, *arguments):
        """A board whose program sends them, and its peer."""
        listener, port = self.listener()
        board = self.board("farewell", "--host", boards.HOST, "--port", port, "--bytes", BYTES, *arguments)
        return board, self.accept(listener)

    def receive_all(self, peer, received=b""):
        """And the end."""
        received += self.receive(peer, BYTES + 1 - len(received))
        self.assertEqual(len(received), BYTES)
        self.assertEqual(received, pattern(BYTES))

    def test_all_arrives_and_then_the_end(self):
        board, peer = self.part()
        self.receive_all(peer)
        self.assertEqual(board.end(), 0)


@boards.has_cable
class Unplugged(Farewell):
    def part(self):
        """It has written all, and the last of it cannot go."""
        board, peer = super().part("--last", LAST)
        received = self.receive(peer, BYTES - LAST)
        board.emulator.move_cable()
        board.line("written")
        return board, peer, received

    def test_all_arrives_and_then_the_end(self):
        board, peer, received = self.part()
        board.emulator.move_cable()
        self.receive_all(peer, received)
        self.assertEqual(board.end(), 0)

    def test_ends_some_time(self):
        board, _, _ = self.part()
        self.assertEqual(board.end(), 0)

    def test_ends_at_once_where_somebody_insists(self):
        board, _, _ = self.part()
        board.emulator.press(boards.CTRL_C)
        board.emulator.press(boards.CTRL_C)
        self.assertEqual(board.end(), STATUS_OF_INTERRUPTED)


if __name__ == "__main__":
    boards.main()
