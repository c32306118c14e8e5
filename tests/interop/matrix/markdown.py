"""The tables of a run as Markdown."""

import table


def _row(cells):
    return "| " + " | ".join(cells) + " |"


def _head(names):
    return [_row(names), "|" + "---|" * len(names)]


def _words(verdict):
    return f"{verdict.words}, {verdict.more}" if verdict.more else verdict.words


def _roles(results, full):
    columns = [(protocol, role) for protocol in table.PROTOCOLS for role in table.ROLES]
    yield from _head(["platform", *(f"{protocol} {role}" for protocol, role in columns), "in the table that this project began with"])
    for platform in results.platforms:
        cells = [_words(results.role(platform, protocol, role, full)) for protocol, role in columns]
        yield _row([platform.name, *cells, platform.stands_for])


def _pairs(results, protocol, full):
    yield from _head([f"{protocol}: client below, server on the right", *(each.name for each in results.platforms)])
    for client in results.platforms:
        cells = [_words(results.cell(client, server, protocol, full)) for server in results.platforms]
        yield _row([client.name, *cells])


def render(results, full, command):
    """The page."""
    lines = [
        "# Every platform with every platform",
        "",
        f"Written by `{command}`, of what ran then and of nothing else.",
        "",
        "*yes*: two exchanges went well, by the programs of [examples](../../../examples/README.md) as they are: "
        '"Hello, world" there and back, each on a new socket, with a buffer of 256 bytes. And '
        f"{full:,} bytes each way went at once, by [programs](programs), of which both ends checked every byte. "
        "Any other number of bytes is beside the *yes*.",
        "",
        "A platform is *server* or *client* when it is with every platform of the table at the other end, itself included.",
        "",
        *_roles(results, full),
        "",
    ]
    for protocol in table.PROTOCOLS:
        lines += [*_pairs(results, protocol, full), ""]
    if results.absent:
        lines += ["Not run:", ""]
        lines += [f"- {each.name}: {results.absent[each.key]}" for each in results.platforms if each.key in results.absent]
        lines += [""]
    lines += ["What each platform is:", ""]
    lines += [f"- **{each.name}**: {each.what}" for each in results.platforms]
    return "\n".join(lines) + "\n"
