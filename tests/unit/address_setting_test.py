#!/usr/bin/env python3
"""embedded/address.py: which settings of a static address it takes, and what it says of the others."""

import sys
import unittest

sys.path.insert(0, "embedded")
import address  # pylint: disable=import-error,wrong-import-position


class Setting(unittest.TestCase):
    def test_bytes(self):
        data = address.parse("192.168.7.2/24,gateway=192.168.7.1,dns=192.168.7.1,dns=[fd00::1]:5353,fd00::2/64")
        v6 = bytes.fromhex("fd00" + "0" * 27 + "2")
        server = bytes.fromhex("fd00" + "0" * 27 + "1")
        expected = bytes([192, 168, 7, 2, 255, 255, 255, 0, 192, 168, 7, 1]) + v6
        expected += bytes([192, 168, 7, 1]) + bytes(12) + bytes([0, 53, 4, 0]) + server + bytes([0x14, 0xE9, 6, 0])
        self.assertEqual(data, expected + bytes(20))

    def test_either_family_is_enough(self):
        self.assertEqual(address.parse("10.0.0.1/8"), bytes([10, 0, 0, 1, 255]).ljust(88, b"\0"))
        self.assertEqual(address.parse("fd00::2/64")[:12], bytes(12))

    def test_servers(self):
        for text, port in (("fd00::1", 53), ("[fd00::1]", 53), ("[fd00::1]:54", 54), ("10.0.0.9", 53), ("10.0.0.9:1", 1)):
            with self.subTest(text):
                data = address.parse(f"10.0.0.1/8,dns={text}")
                self.assertEqual(int.from_bytes(data[44:46], "big"), port)
                self.assertEqual(data[46], 6 if ":" in text.rpartition(":")[0] else 4)

    def test_a_chip_without_ipv6(self):
        self.assertEqual(address.parse("10.0.0.1/8", ipv6=False), address.parse("10.0.0.1/8"))
        for text in "fd00::2/64", "10.0.0.1/8,fd00::2/64":
            with self.assertRaises(address.Wrong) as raised:
                address.parse(text, ipv6=False)
            self.assertEqual(str(raised.exception), "the board's chip knows no IPv6, which fd00::2 is")

    def test_what_is_wrong(self):
        for text, reason in (
            ("", "'' is no address with its network"),
            ("10.0.0.1", "'10.0.0.1' lacks the length of its network's part, such as 10.0.0.1/24"),
            ("fd00::1", "such as fd00::1/64"),
            ("10.0.0.300/24", "'10.0.0.300/24' is no address"),
            ("10.0.0.1/33", "is no address"),
            ("10.0.0.1/31", "must be from /1 to /30"),
            ("fd00::1/48", "must be /64"),
            ("fe80::1/64", "every board has an address such as fe80::1 by itself"),
            ("10.0.0.0/24", "10.0.0.0 is no address of a host in 10.0.0.0/24"),
            ("10.0.0.255/24", "10.0.0.255 is no address of a host"),
            ("127.0.0.2/8", "127.0.0.2 is no address of a host"),
            ("224.0.0.2/24", "is no address of a host"),
            ("10.0.0.1/24,10.0.0.2/24", "there are two IPv4 addresses, 10.0.0.1/24 and 10.0.0.2/24"),
            ("gateway=10.0.0.1", "there is no address for the board in it"),
            ("10.0.0.1/24,gateway=10.0.1.1", "the gateway 10.0.1.1 is no neighbour in 10.0.0.0/24"),
            ("10.0.0.1/24,gateway=10.0.0.1", "is no neighbour"),
            ("fd00::1/64,gateway=10.0.0.1", "is no neighbour in an IPv4 network of the board"),
            ("10.0.0.1/24,gateway=fd00::1", "the gateway 'fd00::1' is no IPv4 address"),
            ("10.0.0.1/24,gateway=10.0.0.2,gateway=10.0.0.3", "'gateway=10.0.0.3' is one too many"),
            ("10.0.0.1/24,dns=a,dns=b", "the name server 'a' is no address"),
            ("10.0.0.1/24,dns=10.0.0.2:0", "the name server '10.0.0.2:0' is no address"),
            ("10.0.0.1/24,dns=[fd00::1", "is no address"),
            ("10.0.0.1/24,dns=[fd00::1]x", "is no address"),
            ("10.0.0.1/24" + ",dns=10.0.0.2" * 4, "'dns=10.0.0.2' is one too many"),
            ("10.0.0.1/24,netmask=255.0.0.0", "'netmask=255.0.0.0' is neither an address, nor gateway=…, nor dns=…"),
        ):
            with self.subTest(text):
                with self.assertRaises(address.Wrong) as raised:
                    address.parse(text)
                self.assertIn(reason, str(raised.exception))


if __name__ == "__main__":
    unittest.main()
