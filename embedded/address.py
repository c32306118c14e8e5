#!/usr/bin/env python3
"""Static addresses of boards: from the text of a setting to the bytes that firmware reads.

    192.168.7.2/24,gateway=192.168.7.1,dns=192.168.7.1

gives IPv4 an address, its network, a gateway and a name server. An IPv6 address (fd00::2/64) may stand beside it or
alone; a family without an address gets one as ever, by DHCP or from a router. Up to three name servers, each with a
port if it has another than 53: dns=10.0.2.2:5353, dns=[fd00::1]:5353.

embedded/runtime/given_address.h reads the bytes. `address.py TEXT FILE` writes them as C++; with `--no-ipv6` behind these
for a board whose chip knows no IPv6.
"""

import ipaddress
import sys

PLACES = 3  # for name servers: net/io/name_servers.h
PORT = 53


class Wrong(ValueError):
    """What is wrong with a setting, for people."""


def _interface(text, seen):
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        raise Wrong(f"'{text}' is no address with its network, such as 192.168.7.2/24 or fd00::2/64") from None
    if "/" not in text:
        raise Wrong(f"'{text}' lacks the length of its network's part, such as {text}/{24 if interface.version == 4 else 64}")
    if interface.version in seen:
        raise Wrong(f"there are two IPv{interface.version} addresses, {seen[interface.version]} and {interface}")
    address, network = interface.ip, interface.network
    if interface.version == 6 and network.prefixlen != 64:
        raise Wrong(f"the network of '{text}' must be /64")
    if interface.version == 6 and address.is_link_local:
        raise Wrong(f"every board has an address such as {address} by itself")
    if interface.version == 4 and not 1 <= network.prefixlen <= 30:
        raise Wrong(f"the network of '{text}' must be from /1 to /30")
    if address.is_multicast or address.is_loopback or address.is_unspecified or (
            interface.version == 4 and address in (network.network_address, network.broadcast_address)):
        raise Wrong(f"{address} is no address of a host in {network}")
    return interface


def _gateway(text):
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        raise Wrong(f"the gateway '{text}' is no IPv4 address") from None


def _server(text):
    host, port = text, PORT
    if text.startswith("[") and "]" in text:
        host, _, rest = text[1:].partition("]")
        port = rest[1:] if rest.startswith(":") else rest or PORT
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        port = int(port)
        if 0 < port < 65536:
            return ipaddress.ip_address(host), port
    except ValueError:
        pass
    raise Wrong(f"the name server '{text}' is no address, and no ADDRESS:PORT")


def parse(text, ipv6=True):
    """The bytes of a setting. `ipv6`: whether the board has it. Raises Wrong."""
    interfaces, servers, gateway = {}, [], None
    for item in text.split(","):
        key, equals, value = item.partition("=")
        if not equals:
            interface = _interface(item, interfaces)
            interfaces[interface.version] = interface
        elif key == "gateway" and gateway is None:
            gateway = _gateway(value)
        elif key == "dns" and len(servers) < PLACES:
            servers.append(_server(value))
        elif key in ("gateway", "dns"):
            raise Wrong(f"'{item}' is one too many")
        else:
            raise Wrong(f"'{item}' is neither an address, nor gateway=…, nor dns=…")
    if not interfaces:
        raise Wrong("there is no address for the board in it")
    if not ipv6 and 6 in interfaces:
        raise Wrong(f"the board's chip knows no IPv6, which {interfaces[6].ip} is")
    v4, v6 = interfaces.get(4), interfaces.get(6)
    if gateway and (v4 is None or gateway not in v4.network or gateway == v4.ip):
        raise Wrong(f"the gateway {gateway} is no neighbour in {v4.network if v4 else 'an IPv4 network of the board'}")
    data = v4.ip.packed + v4.network.netmask.packed if v4 else bytes(8)
    data += gateway.packed if gateway else bytes(4)
    data += v6.ip.packed if v6 else bytes(16)
    for address, port in servers:
        data += address.packed.ljust(16, b"\0") + port.to_bytes(2, "big") + bytes([address.version, 0])
    return data.ljust(28 + PLACES * 20, b"\0")


def main():
    text, path, *options = sys.argv[1:]
    try:
        data = parse(text, ipv6="--no-ipv6" not in options) if text else b""
    except Wrong as wrong:
        sys.exit(f"error: --//embedded:address={text}: {wrong}")
    with open(path, "w", encoding="utf-8") as file:
        print(f"// --//embedded:address={text}", file=file)
        numbers = ", ".join(map(str, data))
        print(f"constexpr std::array<std::uint8_t, {len(data)}> kSetting = {{{numbers}}};", file=file)


if __name__ == "__main__":
    main()
