"""What came of the cells, and what that makes of the tables. markdown.py and picture.py show it."""

PROTOCOLS = ("TCP", "UDP")
ROLES = ("server", "client")
HELLO = "hello"
BULK = "bulk"
EXCHANGES = (HELLO, BULK)

GOOD, BAD, NOT_RUN = "good", "bad", "not run"


class Outcome:
    """Of an exchange that has run: how many bytes went each way at once, or why it failed."""

    def __init__(self, bytes_=0, failure=""):
        self.bytes, self.failure = bytes_, failure


class Verdict:
    """What a cell shows: its kind, words for it, and more of them where they fit."""

    def __init__(self, kind, words, more=""):
        self.kind, self.words, self.more = kind, words, more


class Results:
    """The outcomes of the exchanges that have run, and nothing else. `absent`: why a platform is left out, by its key."""

    def __init__(self, platforms, absent):
        self.platforms, self.absent = platforms, absent
        self._outcomes = {}

    def add(self, client, server, protocol, exchange, outcome):
        self._outcomes[client.key, server.key, protocol, exchange] = outcome

    def __len__(self):
        return len(self._outcomes)

    def outcome(self, client, server, protocol, exchange):
        """None if it has not run."""
        return self._outcomes.get((client.key, server.key, protocol, exchange))

    def cell(self, client, server, protocol, full):
        """`full`: how many bytes go without saying."""
        outcomes = [self.outcome(client, server, protocol, each) for each in EXCHANGES]
        failures = [f"{name}: {each.failure}" for name, each in zip(EXCHANGES, outcomes) if each and each.failure]
        if failures:
            return Verdict(BAD, "fails", "; ".join(failures))
        if None in outcomes:
            return Verdict(NOT_RUN, "not run")
        size = outcomes[1].bytes
        return Verdict(GOOD, "yes", "" if size == full else f"{size:,} bytes")

    def role(self, platform, protocol, role, full):
        """Of a platform as server or client, with all platforms at the other end."""
        pairs = [(each, platform) if role == "server" else (platform, each) for each in self.platforms]
        cells = [self.cell(client, server, protocol, full) for client, server in pairs]
        bad = [each.key for each, cell in zip(self.platforms, cells) if cell.kind == BAD]
        good = sum(cell.kind == GOOD for cell in cells)
        if bad:
            return Verdict(BAD, "fails", "with " + ", ".join(bad))
        if not good:
            return Verdict(NOT_RUN, "not run")
        if good != len(cells):
            return Verdict(GOOD, "yes", f"with {good} of {len(cells)}")
        return Verdict(GOOD, "yes", "fewer bytes" if any(cell.more for cell in cells) else "")

    def all_good(self):
        """Of those that are not left out; there must be some."""
        there = [each for each in self.platforms if each.key not in self.absent]
        return bool(there) and all(
            self.cell(client, server, protocol, 0).kind == GOOD
            for client in there for server in there for protocol in PROTOCOLS
        )  # fmt: skip
