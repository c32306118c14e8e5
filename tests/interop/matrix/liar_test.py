#!/usr/bin/env python3
"""What is wrong with a platform shows in the matrix, at either end, and is never green."""

import sys
import unittest

sys.path.insert(0, "tests/interop/matrix")
import markdown  # pylint: disable=wrong-import-position
import matrix  # pylint: disable=wrong-import-position
import picture  # pylint: disable=wrong-import-position
import platforms  # pylint: disable=wrong-import-position
import table  # pylint: disable=wrong-import-position

SIZE = 20_000
DESKTOP = next(each for each in platforms.PLATFORMS if each.key == "desktop")


def liar(fault):
    return platforms.Platform(
        fault, f"one that {fault}", fault, lambda program: [sys.executable, f"{platforms.HERE}/liar.py", fault, program],
        forwarded=False, stands_for="nothing", what="a liar",
    )  # fmt: skip


class Lies(unittest.TestCase):
    def run_with(self, fault, exchanges=table.EXCHANGES):
        """The desktop and a liar, with each other."""
        self.both = [DESKTOP, liar(fault)]
        self.results = table.Results(self.both, {})
        phases = [each for each in matrix.phases(lambda *_: SIZE) if each.exchange in exchanges]
        matrix.Matrix(self.both, 2, self.results).run(phases)

    def cells(self):
        """As "client with server by protocol"."""
        return {
            f"{client.key} with {server.key} by {protocol}": self.results.cell(client, server, protocol, SIZE)
            for client in self.both for server in self.both for protocol in table.PROTOCOLS
        }  # fmt: skip

    def bad(self):
        return sorted(name for name, cell in self.cells().items() if cell.kind != table.GOOD)

    def test_lost_datagrams_are_sent_again(self):
        self.run_with("loses", [table.BULK])
        for client, server in (self.both, reversed(self.both)):
            outcome = self.results.outcome(client, server, "UDP", table.BULK)
            self.assertEqual((outcome.bytes, outcome.failure), (SIZE, ""))

    def test_one_wrong_byte(self):
        self.run_with("spoils")
        everywhere = ["desktop with spoils", "spoils with desktop", "spoils with spoils"]
        self.assertEqual(self.bad(), sorted(f"{name} by {each}" for name in everywhere for each in table.PROTOCOLS))
        self.assertFalse(self.results.all_good())

    def test_a_wrong_echo(self):
        self.run_with("misspells")
        self.assertEqual(self.bad(), ["desktop with misspells by TCP", "misspells with misspells by TCP"])
        self.assertIn("w0rld", self.cells()["desktop with misspells by TCP"].more)
        page = markdown.render(self.results, SIZE, "a test")
        self.assertIn("| desktop, libuv | yes | fails, hello: ", page)
        self.assertIn('class="bad"', picture.render(self.results, SIZE))

    def test_a_server_that_does_not_start(self):
        self.run_with("stops")
        self.assertEqual(self.bad(), sorted(f"{name} with stops by {each}"
                                                 for name in ("desktop", "stops") for each in table.PROTOCOLS))  # fmt: skip
        role = self.results.role(self.both[1], "TCP", "server", SIZE)
        self.assertEqual((role.kind, role.more), (table.BAD, "with desktop, stops"))


class Words(unittest.TestCase):
    """Tables of nothing that has run."""

    def test_what_has_not_run_is_not_green(self):
        results = table.Results(platforms.PLATFORMS, {each.key: "left out" for each in platforms.PLATFORMS})
        page = markdown.render(results, SIZE, "a test")
        cells = [cell for line in page.splitlines() if line.startswith("| ") for cell in line.split(" | ")[1:]]
        self.assertNotIn("yes", cells)
        self.assertEqual(cells.count("not run") + sum(cell == "not run |" for cell in cells), 8 * 4 + 2 * 64)
        self.assertNotIn('class="good', picture.render(results, SIZE))
        self.assertFalse(results.all_good())

    def test_half_a_cell_is_not_green(self):
        results = table.Results([DESKTOP], {})
        results.add(DESKTOP, DESKTOP, "TCP", table.HELLO, table.Outcome())
        self.assertEqual(results.cell(DESKTOP, DESKTOP, "TCP", SIZE).kind, table.NOT_RUN)

    def test_fewer_bytes_show(self):
        results = table.Results([DESKTOP], {})
        for protocol in table.PROTOCOLS:
            results.add(DESKTOP, DESKTOP, protocol, table.HELLO, table.Outcome())
            results.add(DESKTOP, DESKTOP, protocol, table.BULK, table.Outcome(1234))
        self.assertEqual(results.cell(DESKTOP, DESKTOP, "TCP", SIZE).more, "1,234 bytes")
        self.assertIn("| desktop, libuv | yes, 1,234 bytes |", markdown.render(results, SIZE, "a test"))

    def test_a_page_that_says_something_else_is_stale(self):
        pages = {}
        for outcome in (table.Outcome(SIZE), table.Outcome(5), table.Outcome(failure="it")):
            results = table.Results([DESKTOP], {})
            for protocol in table.PROTOCOLS:
                results.add(DESKTOP, DESKTOP, protocol, table.HELLO, table.Outcome())
                results.add(DESKTOP, DESKTOP, protocol, table.BULK, outcome)
            pages[outcome.bytes] = [markdown.render(results, SIZE, str(outcome.bytes)), picture.render(results, SIZE)]
        for full, some, none in zip(*pages.values()):
            self.assertEqual(matrix.plain(full), matrix.plain(some))
            self.assertNotEqual(matrix.plain(full), matrix.plain(none))


if __name__ == "__main__":
    unittest.main()
