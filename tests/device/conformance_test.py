#!/usr/bin/env python3
"""The rows of tests/conformance as firmware: all of them pass on the board, but for those that it says it lacks.

The board's clock counts instructions and passes over what it sleeps, so the test takes no longer than its work, and
its time is the same on every machine.
"""

import fnmatch
import re
import sys

sys.path.insert(0, "tests/device")
import boards  # pylint: disable=wrong-import-position

RUNS = 190  # at least
COUNTED_CLOCK = ["-icount", "shift=5,sleep=off"]  # 32 ns an instruction

# What is left out, and why. Everything that is left out is in this list, and all of this list is left out.
LACKS = {
    "lwIP has no Unix sockets": [
        "Connect.ToAPathThatIsNotThereIsRefused/*",
        "ListenAccept.OnAPathThatIsTakenIsAddressInUseAndThePathGoesWithTheListener/*",
    ],
    "lwIP has one listener for a port": ["Options.ListenersShareAPortOnlyIfBothSaySo/*"],
    "lwIP does not tell UDP sockets of ICMP errors": ["Datagrams.WhereNobodyListensAConnectedSocketIsRefused/*"],
    "IPv4 sockets take IPv4 connections only": [
        "Endpoints.*DualStack*/v4",
        "Endpoints.AMappedAddressIsAnIPv4PeerOnBothSides/v4",
        "ListenAccept.OnAPortThatIsUsedInBothFamiliesFailsInEither/v4",
    ],
    "the loopback interface has neither": ["Datagrams.ToABroadcastAddressNeedPermission/*", "Multicast.*"],
    "the pools of control blocks are fixed": ["Limits.WithoutASocket*"],
    "the sizes of buffers are fixed": ["Options.ASmallReceiveBufferHoldsTheSenderBack/*"],
    "there is no other process that could end instead": ["*.Two*AtOnceEndTheProgramAndNameTheOperation/*"],
}


class Conformance(boards.Case):
    def test_every_row(self):
        board = self.board("conformance", "--gtest_color=no", extra=COUNTED_CLOCK)
        status = board.end()
        output = board.seen
        failed = [line for line in output if line.startswith("[  FAILED  ]")]
        self.assertEqual((status, failed), (0, []), "\n".join(output[-100:]))
        passed = [line for line in output if line.startswith("[  PASSED  ]")]
        self.assertEqual(len(passed), 1, passed)
        self.assertGreaterEqual(int(re.match(r"\[  PASSED  \] (\d+) tests?\.$", passed[0])[1]), RUNS)
        self.assert_left_out_with_reason(output)

    def assert_left_out_with_reason(self, output):
        unused = {(reason, pattern) for reason, patterns in LACKS.items() for pattern in patterns}
        for at, line in enumerate(output):
            skipped = re.match(r"\[  SKIPPED \] All/(\S+) \(", line)
            if not skipped:
                continue
            said = output[at - 1]
            matching = {
                (reason, pattern)
                for reason, patterns in LACKS.items()
                for pattern in patterns
                if reason in said and fnmatch.fnmatchcase(skipped[1], pattern)
            }
            self.assertTrue(matching, f"{skipped[1]} was left out: {said}")
            unused -= matching
        self.assertFalse(unused)


if __name__ == "__main__":
    boards.main()
