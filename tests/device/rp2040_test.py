#!/usr/bin/env python3
"""A board with an RP2040 in its emulator, without a network."""

import os
import signal
import sys

sys.path.insert(0, "tests/device")
sys.path.insert(0, "embedded/boards/rp2040")
import boards  # pylint: disable=wrong-import-position
import image  # pylint: disable=import-error,wrong-import-position

FIRMWARE = "tests/device/rp2040/rp2040"


def read(name):
    with open(name, "rb") as file:
        return file.read()


class Program(boards.Case):
    def said(self, *arguments, **options):
        """All that it says, and its status."""
        board = self.board("rp2040", *arguments, **options)
        status = board.end()
        return board.seen, status

    def test_arguments_and_status(self):
        said, status = self.said("42", "two words", "", "ü")
        self.assertEqual(said, ["argument " + each for each in ("rp2040.elf", "42", "two words", "", "ü")])
        self.assertEqual(status, 42)

    def test_clock_agrees_with_the_processors(self):
        # Two counters of two clocks, of which one is made by the PLL: what clocks.cc set is what the program counts on.
        for rests, longest in (300, 1000), (300, 30), (40, 100_000):
            with self.subTest(longest=longest):
                board = self.board("rp2040", "clock", rests, longest)
                clock = board.numbers("clock: ")
                self.assertEqual(board.end(), 0)
                self.assertLessEqual(abs(clock["us"] - clock["systick"]), 3)
                self.assertGreater(clock["us"], rests * longest * 0.4)
                self.assertEqual([clock[each] for each in ("back", "early", "interrupts", "others")], [0, 0, 0, 0])
                self.assertGreater(clock["alarms"], rests * 0.6)
                self.assertLess(clock["latest"], 20)

    def test_clock_does_not_run_ahead_of_this_computers(self):
        before = os.times().elapsed
        board = self.board("rp2040", "clock", 20, 100_000, virtual=False)
        clock = board.numbers("clock: ")
        self.assertEqual(board.end(), 0)
        self.assertGreaterEqual(os.times().elapsed - before + 0.02, clock["us"] / 1e6)
        self.assertEqual(clock["early"], 0)

    def test_rests_longer_than_an_alarm_can(self):
        board = self.board("rp2040", "turn")
        turn = board.numbers("turn: ")
        self.assertEqual(board.end(), 0)
        self.assertEqual(turn["early"], 0)
        self.assertLess(turn["late_us"], 20)

    def test_keys_and_signals(self):
        board = self.board("rp2040", "keys", virtual=False)
        board.line("ready")
        board.emulator.press(b"ab\xff")
        for key in (97, 98, 255):
            self.assertEqual(board.line("key "), str(key))
        board.emulator.signal(signal.SIGUSR1)
        self.assertEqual(board.line("key "), "20")
        board.emulator.signal(signal.SIGINT)
        self.assertEqual(board.line("key "), "3")
        self.assertEqual(board.end(), 3)

    def test_ends_by_sigterm(self):
        board = self.board("rp2040", "keys", virtual=False)
        board.line("ready")
        board.emulator.signal(signal.SIGTERM)
        self.assertEqual(board.end(), 3)

    def test_faults_are_told(self):
        for how in ("trap", "nowhere", "unaligned", "flash"):
            with self.subTest(how):
                said, status = self.said("fault", how)
                self.assertEqual(status, 70, said)
                self.assertIn("fault: exception 00000003 sp ", "\n".join(said))
                self.assertIn("fault: pc 1000", "\n".join(said))

    def test_overflow_of_the_stack_is_told(self):
        said, status = self.said("fault", "stack")
        self.assertEqual(status, 70)
        self.assertIn("fault: the stack has overflowed", said)

    def test_fault_in_a_fault_ends_too(self):
        said, status = self.said("fault", "twice")
        self.assertEqual(status, 70)
        self.assertIn("emulator: the processor has locked up", "\n".join(said))

    def test_random_numbers(self):
        (one,), status = self.said("random")
        self.assertEqual(status, 0)
        self.assertEqual(len(set(one.split()[1:])), 8)
        self.assertEqual(self.said("random")[0], [one])  # in virtual time a run repeats
        self.assertNotEqual(self.said("random", virtual=False)[0], [one])

    def test_spi_by_fifo_and_by_dma(self):
        for number in 0, 1:
            with self.subTest(number):
                board = self.board("rp2040", "spi", number)
                spi = board.numbers("spi: ")
                self.assertEqual(board.end(), 0)
                self.assertEqual(spi["wrong"], 0)
                self.assertEqual((spi["frequency"], spi["slow"]), (992_063, 100_000))  # 125 MHz / 126, / 1250
                self.assertTrue(8064 <= spi["us"] < 8164, spi)

    def test_pins_wake_once(self):
        board = self.board("rp2040", "pins")
        pins, edges = board.numbers("pins: "), board.numbers("edges: ")
        self.assertEqual(board.end(), 0)
        self.assertEqual(pins, {"high": 1, "low": 0, "is_low": 0, "once": 10, "not_high": 10, "is_high": 0})
        self.assertEqual(edges, {"old_fall": 0, "no_fall": 10, "fall": 0, "down": 0, "up": 1})


class Image(boards.Case):
    def started(self, elf):
        folder = os.environ["TEST_TMPDIR"]
        os.makedirs(os.path.join(folder, "rp2040"), exist_ok=True)
        with open(os.path.join(folder, "rp2040/changed.elf"), "wb") as file:
            file.write(elf)
        board = boards.Board("rp2040", "changed", folder=folder)
        self.addCleanup(board.stop)
        return board.end(), board.seen

    def test_checksum(self):
        # The check value of CRC-32/MPEG-2 in the catalogue of parametrised CRC algorithms.
        self.assertEqual(image.checksum(b"123456789"), 0x0376E6E7)
        (address, stage), *_ = image.segments(read(FIRMWARE + ".elf"))
        self.assertEqual((address, len(stage)), (0x10000000, 256))
        self.assertEqual(image.checksum(stage[:252]), int.from_bytes(stage[252:], "little"))

    def test_emulator_refuses_what_the_boot_rom_would(self):
        elf = bytearray(read(FIRMWARE + ".elf"))
        (_, stage), *_ = image.segments(elf)
        at = bytes(elf).index(stage)
        elf[at + 8] ^= 1
        status, said = self.started(elf)
        self.assertEqual(status, 1)
        self.assertIn("boot stage 2 has the checksum", said[0])

    def test_uf2(self):
        # https://github.com/microsoft/uf2; family and page size are of the RP2040 datasheet, 2.8.4.2.
        elf = read(FIRMWARE + ".elf")
        uf2 = read(FIRMWARE + ".uf2")
        self.assertEqual(len(uf2) % 512, 0)
        count = len(uf2) // 512
        flash = {}
        for number in range(count):
            block = uf2[512 * number:][:512]
            words = [int.from_bytes(block[at:at + 4], "little") for at in range(0, 32, 4)]
            self.assertEqual(words[:3], [0x0A324655, 0x9E5D5157, 0x2000])
            self.assertEqual(words[4:], [256, number, count, 0xE48BFF56])
            self.assertEqual(block[508:], b"\x30\x6f\xb1\x0a")
            self.assertNotIn(words[3], flash)
            flash[words[3]] = block[32:288]
        # Sixteen blocks with the same upper bits of the number are one sector of flash (erratum RP2040-E14).
        sectors = [[each // 4096 for each in list(flash)[at:at + 16]] for at in range(0, count, 16)]
        for sector in sectors:
            self.assertEqual(sector, sector[:1] * 16)
        for address, data in image.segments(elf):
            for at, byte in enumerate(data):
                page = flash[(address + at) // 256 * 256]
                self.assertEqual(page[(address + at) % 256], byte)


if __name__ == "__main__":
    boards.main()
