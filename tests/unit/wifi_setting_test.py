#!/usr/bin/env python3
"""embedded/wifi.py: which settings of a Wi-Fi it takes, what it says of the others, and the strings it writes."""

import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, "embedded")
import wifi  # pylint: disable=import-error,wrong-import-position


class Setting(unittest.TestCase):
    def test_what_is_right(self):
        for name, passphrase in (("a", ""), ("é" * 16, "8 bytes."), ("lab: 2", "~" * 63), ("lab", "0aF9" * 16)):
            with self.subTest(name):
                wifi.check(name, passphrase)

    def test_what_is_wrong(self):
        for name, passphrase, reason in (
            ("", "", "the name of a network has 1 to 32 bytes"),
            ("é" * 17, "", "the name of a network has 1 to 32 bytes"),
            ("lab", "seven77", "it has 8 to 63 characters of ASCII"),
            ("lab", "x" * 64, "or 64 hexadecimal digits"),
            ("lab", "x" * 65, "or 64 hexadecimal digits"),
            ("lab", "pässword", "it has 8 to 63 characters of ASCII"),
            ("lab", "pass\tword", "it has 8 to 63 characters of ASCII"),
        ):
            with self.subTest(reason), self.assertRaises(wifi.Wrong) as caught:
                wifi.check(name, passphrase)
            self.assertIn(reason, str(caught.exception))

    def test_a_secret_is_not_repeated(self):
        done = subprocess.run([sys.executable, "embedded/wifi.py", "lab", "secret!", "/dev/null"], check=False,
                              stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("error: --//embedded:passphrase: it has 8", done.stderr)
        self.assertNotIn("secret!", done.stderr)

    def test_code(self):
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as file:
            subprocess.run([sys.executable, "embedded/wifi.py", 'a"\\', "12345678", file.name], check=True)
            self.assertEqual(file.read().splitlines(), [
                r'constexpr std::string_view kWifi = "\141\042\134";',
                r'constexpr std::string_view kPassphrase = "\061\062\063\064\065\066\067\070";',
            ])


if __name__ == "__main__":
    unittest.main()
