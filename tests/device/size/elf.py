"""What a program of a board takes, from its ELF file."""

import dataclasses
import struct

_ALLOCATED = 2  # SHF_ALLOC
_NO_BITS = 8  # SHT_NOBITS
_SYMBOLS = 2  # SHT_SYMTAB


@dataclasses.dataclass(frozen=True)
class Program:
    """Bytes; symbols by their names, as (address, size)."""

    flash: int  # code, constants, and the first values of variables
    variables: int  # with their first values or zero; lwIP's pools are some of them
    pools: int  # lwIP's, its heap included
    stacks: int
    arena: int
    symbols: dict
    text: bytes  # of code and constants
    text_at: int  # their address
    halves: dict  # the first 16 bits of constants in flash, by their names


def _text(table, offset):
    return table[offset : table.index(b"\0", offset)].decode()


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    header = struct.unpack_from("<16sHHIIIIIHHHHHH", data)
    start, size, count, names = header[6], header[11], header[12], header[13]
    sections = [struct.unpack_from("<10I", data, start + i * size) for i in range(count)]

    def content(section):
        return data[section[4] : section[4] + section[5]]

    strings = content(sections[names])
    bytes_of = {}
    flash = 0
    for section in sections:
        if not section[2] & _ALLOCATED:
            continue
        bytes_of[_text(strings, section[0])] = section[5]
        if section[1] != _NO_BITS:
            flash += section[5]
        if _text(strings, section[0]) == ".text":
            in_flash, flash_content = section[3], content(section)
    symbols = {}
    halves = {}
    for section in sections:
        if section[1] != _SYMBOLS:
            continue
        strings = content(sections[section[6]])
        for name, address, length, info, _, _ in struct.iter_unpack("<IIIBBH", content(section)):
            symbols[_text(strings, name)] = (address, length)
            if length >= 2 and in_flash <= address < in_flash + len(flash_content) - 1:
                halves[_text(strings, name)] = struct.unpack_from("<H", flash_content, address - in_flash)[0]
    pools = sum(
        length for name, (_, length) in symbols.items() if name.startswith("memp_memory_") or name == "ram_heap"
    )
    return Program(
        flash=flash,
        variables=bytes_of[".data"] + bytes_of[".bss"],
        pools=pools,
        stacks=bytes_of[".process_stack"] + bytes_of[".handler_stack"],
        arena=bytes_of[".arena"],
        symbols=symbols,
        text=flash_content,
        text_at=in_flash,
        halves=halves,
    )
