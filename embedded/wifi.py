#!/usr/bin/env python3
"""The Wi-Fi that a board joins: from the texts of the settings to C++.

`wifi.py NAME PASSPHRASE FILE`. Without a passphrase the network is an open one.
"""

import sys

LONGEST_NAME = 32  # bytes of an SSID: IEEE 802.11-2020, 9.4.2.2


class Wrong(ValueError):
    """What is wrong with a setting, for people."""


def check(name, passphrase):
    """Raises Wrong."""
    if not 1 <= len(name.encode()) <= LONGEST_NAME:
        raise Wrong(f"--//embedded:wifi={name}: the name of a network has 1 to {LONGEST_NAME} bytes")
    # IEEE 802.11-2020, J.4.1: characters of ASCII from the space on. 64 are the key itself, in hexadecimal digits.
    if passphrase and not (8 <= len(passphrase) <= 63 and all(" " <= c <= "~" for c in passphrase)) and not (
            len(passphrase) == 64 and all(c in "0123456789abcdefABCDEF" for c in passphrase)):
        raise Wrong("--//embedded:passphrase: it has 8 to 63 characters of ASCII, or 64 hexadecimal digits")


def literal(text):
    """A string of C++, whatever is in it."""
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'


def main():
    name, passphrase, path = sys.argv[1:]
    try:
        check(name, passphrase)
    except Wrong as wrong:
        sys.exit(f"error: {wrong}")
    with open(path, "w", encoding="utf-8") as file:
        print(f"constexpr std::string_view kWifi = {literal(name)};", file=file)
        print(f"constexpr std::string_view kPassphrase = {literal(passphrase)};", file=file)


if __name__ == "__main__":
    main()
