#!/usr/bin/env python3
"""Images as the RP2040's boot ROM wants them.

    image.py boot ELF ASSEMBLY    boot stage 2 with its checksum, as a section of a program
    image.py uf2 ELF UF2          a program, to be copied to the board's drive
"""

import struct
import sys

BOOT_SIZE = 256
FLASH = range(0x10000000, 0x11000000)
SECTOR = 4096

# https://github.com/microsoft/uf2, "File format".
UF2_START = (0x0A324655, 0x9E5D5157)
UF2_END = 0x0AB16F30
UF2_HAS_FAMILY = 0x2000
UF2_RP2040 = 0xE48BFF56
PAGE = 256


def segments(elf):
    """[(address, bytes)] of what an ELF file of 32 bits wants loaded, by physical address."""
    if elf[:6] != b"\x7fELF\x01\x01":
        raise ValueError("not an ELF file of 32 bits, little-endian")
    table, = struct.unpack_from("<I", elf, 28)
    size, count = struct.unpack_from("<HH", elf, 42)
    found = []
    for at in range(table, table + size * count, size):
        kind, offset, _, address, length = struct.unpack_from("<5I", elf, at)
        if kind == 1 and length:
            found.append((address, elf[offset:offset + length]))
    return sorted(found)


def checksum(data):
    """The boot ROM's CRC-32: polynomial 04C11DB7, from ones, nothing reflected or inverted (RP2040 datasheet, 2.8.1.3.1)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


def boot_stage(elf):
    """The 256 bytes with which the flash begins."""
    (_, code), = segments(elf)
    if len(code) > BOOT_SIZE - 4:
        raise ValueError(f"boot stage 2 has {len(code)} bytes, of at most {BOOT_SIZE - 4}")
    code = code.ljust(BOOT_SIZE - 4, b"\0")
    return code + struct.pack("<I", checksum(code))


def assembly(data):
    lines = [".section .boot, \"a\""]
    for at in range(0, len(data), 16):
        lines.append(".byte " + ", ".join(f"0x{byte:02x}" for byte in data[at:at + 16]))
    return "\n".join(lines) + "\n"


def uf2(elf):
    """Whole sectors, as the boot ROM may not erase others (erratum RP2040-E14)."""
    sectors = {}
    for address, data in segments(elf):
        if address not in FLASH or address + len(data) > FLASH.stop:
            raise ValueError(f"{len(data)} bytes at {address:#x} are not in flash")
        while data:
            begin = address - address % SECTOR
            part = data[:begin + SECTOR - address]
            sector = sectors.setdefault(begin, bytearray(b"\xff" * SECTOR))
            sector[address - begin:address - begin + len(part)] = part
            address, data = address + len(part), data[len(part):]
    pages = [
        (begin + at, bytes(sector[at:at + PAGE]))
        for begin, sector in sorted(sectors.items())
        for at in range(0, SECTOR, PAGE)
    ]
    blocks = []
    for number, (address, data) in enumerate(pages):
        header = struct.pack("<8I", *UF2_START, UF2_HAS_FAMILY, address, PAGE, number, len(pages), UF2_RP2040)
        blocks.append(header + data.ljust(476, b"\0") + struct.pack("<I", UF2_END))
    return b"".join(blocks)


def main():
    kind, source, target = sys.argv[1:]
    with open(source, "rb") as file:
        elf = file.read()
    try:
        made = assembly(boot_stage(elf)).encode() if kind == "boot" else uf2(elf)
    except ValueError as error:
        sys.exit(f"error: {source}: {error}")
    with open(target, "wb") as file:
        file.write(made)


if __name__ == "__main__":
    main()
