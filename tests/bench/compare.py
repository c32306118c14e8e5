"""Interleaved rounds over several servers, and the table of what came out."""

import argparse
import dataclasses
import statistics
import typing

import processes


@dataclasses.dataclass(frozen=True)
class Cell:
    """One kind of load: a label for the table, a mode and options of the load generator, and what share of a slice its
    processes may have stood in the queue for a core before it counts as disturbed; and what runs the generator."""

    label: str
    mode: str
    arguments: dict
    quiet: float = 0.02
    generate: typing.Callable = processes.load


LONGEST_WINDOW = 10  # seconds; a server that answers nothing in that time answers nothing


@dataclasses.dataclass(frozen=True)
class Slice:
    """One short run."""

    rate: float  # answers a second
    cpu: float  # of the server, microseconds for each answer
    idle: float  # share of the time in which the load generator had to wait for the server
    lost: float  # datagrams without an answer
    waited: float  # share of the time in which the server or the load generator stood in the queue for its core

    @staticmethod
    def of(result):
        if not result["done"] > 0:
            raise processes.Failure("no answer within the measuring window")
        return Slice(
            rate=result["done"] / result["seconds"],
            cpu=result["server_cpu_ns"] / result["done"] / 1000,
            idle=result["load_idle_ns"] / result["seconds"] / 1e9,
            lost=result["lost"],
            waited=result["waited_ns"] / result["seconds"] / 1e9,
        )


def parser(description, cells):
    """The options that every comparison has."""
    result = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    result.add_argument("--rounds", type=int, default=9, help="how often each server is measured")
    result.add_argument("--seconds", type=float, default=0.5, help="length of one measuring window")
    result.add_argument("--warm-up", type=float, default=0.15, help="seconds before each window")
    result.add_argument("--cells", type=comma_list, default=cells, help="which loads, separated by commas")
    add_servers_option(result)
    result.add_argument("--retries", type=int, default=3, help="how often a slice that others disturbed is repeated")
    result.add_argument("--verify", action="store_true", help="compare the content of every answer")
    result.add_argument("--sleep", action="store_true", help="let the load generator sleep instead of polling")
    return result


def add_servers_option(parser_):
    parser_.add_argument("--servers", type=comma_list, help="which servers, separated by commas; all that are built")


def comma_list(text):
    return [part for part in text.split(",") if part]


def numbers(cell, names):
    """`50x16k` → the two numbers, under the names of options of the load generator."""
    parts = cell.lower().split("x")
    if len(parts) != len(names) or not all(part.rstrip("k").isdigit() for part in parts):
        raise processes.Failure(f"not a cell: {cell}; it has the form {'x'.join(names)}")
    return {name: int(part.rstrip("k")) * (1024 if part.endswith("k") else 1) for name, part in zip(names, parts)}


def measure(cell, servers, options):
    """One list of slices a server. Every round visits all of them, beginning with another one each time."""
    arguments = {**cell.arguments, "seconds": options.seconds, "warm_up": options.warm_up, "verify": options.verify}
    if options.sleep:
        arguments["sleep"] = True
    slices = {server.name: [] for server in servers}
    for turn in range(options.rounds):
        first = turn % len(servers)
        for server in (*servers[first:], *servers[:first]):
            slices[server.name].append(quiet_slice(cell, server, arguments, options.retries))
    return slices


def answered_slice(cell, server, arguments):
    """A slice. Its window is made longer as long as nothing is answered within it, as on a machine that others use."""
    while True:
        with processes.Running(server) as running:
            result = cell.generate(cell.mode, running, **arguments)
        if result["done"] > 0 or arguments["seconds"] > LONGEST_WINDOW:
            return Slice.of(result)
        arguments = {**arguments, "seconds": 4 * arguments["seconds"]}


def quiet_slice(cell, server, arguments, retries):
    """A slice in which other processes hardly took the two cores; failing that, the least disturbed of those tried."""
    best = None
    for _ in range(1 + retries):
        slice_ = answered_slice(cell, server, arguments)
        if best is None or slice_.waited < best.waited:
            best = slice_
        if best.waited <= cell.quiet:
            break
    return best


def ratios(own, base):
    """Of rates and of CPU times. A ratio is that of two neighbours, the slice and the base's of the same round."""
    rates = [mine.rate / other.rate for mine, other in zip(own, base)]
    costs = [mine.cpu / other.cpu if other.cpu else 0 for mine, other in zip(own, base)]
    return rates, costs


def summary(cell, slices):
    """One row a server: the median of the ratios, and between which bounds they lay."""
    base = next(iter(slices.values()))
    rows = []
    for name, own in slices.items():
        rates, costs = ratios(own, base)
        rows.append({
            "cell": cell.label,
            "server": name,
            "rate": statistics.median(s.rate for s in own),
            "rate ratio": statistics.median(rates),
            "rate bounds": (min(rates), max(rates)),
            "cpu": statistics.median(s.cpu for s in own),
            "cpu ratio": statistics.median(costs),
            "cpu bounds": (min(costs), max(costs)),
            "idle": statistics.median(s.idle for s in own),
            "lost": sum(s.lost for s in own),
            "disturbed": sum(s.waited > cell.quiet for s in own),
        })
    return rows


def compare(cells, servers, options, unit, own=None):
    """Measures every cell and prints a table for each, and of the server `own` one against each of the others; returns
    the rows."""
    servers = processes.chosen(servers, options.servers)
    processes.raise_file_limit()
    rows, lines = [], []
    for cell in cells:
        slices = measure(cell, servers, options)
        found = summary(cell, slices)
        rows += found
        lines.append((cell.label, *against_others(slices, own)))
        print(f"\n{cell.label}: {options.rounds} rounds of {options.seconds} s, ratios to {servers[0].name}")
        print_table(header_of(unit), [formatted(row) for row in found])
    others = [server.name for server in servers if server.name != own]
    if len(others) < len(servers) and others:
        print(f"\n{own}: {unit}/s (CPU for each) as ratios to those of")
        print_table(("", *others), lines)
    return rows


def against_others(slices, own):
    if own not in slices:
        return
    for name, other in slices.items():
        if name != own:
            rates, costs = ratios(slices[own], other)
            yield f"{statistics.median(rates):.2f} ({statistics.median(costs):.2f})"


def header_of(unit):
    rate, cost = (f"{unit}/s", "ratio", "min..max"), (f"CPU us/{unit}", "ratio", "min..max")
    return ("server", *rate, *cost, "load idle", "lost", "disturbed")


def formatted(row):
    bounds = "{:.2f}..{:.2f}"
    return (
        row["server"], f"{row['rate']:.0f}", f"{row['rate ratio']:.3f}", bounds.format(*row["rate bounds"]),
        f"{row['cpu']:.2f}", f"{row['cpu ratio']:.3f}", bounds.format(*row["cpu bounds"]),
        f"{100 * row['idle']:.0f}%", f"{row['lost']:.0f}", row["disturbed"],
    )


def print_table(header, rows):
    widths = [max(len(str(row[i])) for row in (header, *rows)) for i in range(len(header))]
    for row in (header, *rows):
        first, *others = (str(cell).rjust(width) for cell, width in zip(row, widths))
        print("  ".join((first.strip().ljust(widths[0]), *others)), flush=True)


def run_main(main):
    """Runs a driver; a failure is a message and an exit status, not a stack trace."""
    try:
        main()
    except processes.Failure as failure:
        raise SystemExit(f"failed: {failure}") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
