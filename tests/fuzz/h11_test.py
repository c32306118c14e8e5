#!/usr/bin/env python3
"""What net/http makes of messages, beside python3-h11 and the RFCs' grammar.

http_judge writes messages and what net/http makes of them into a file. Of each: whoever accepts a message reads the
same as the others; what net/http accepts has the grammar, and what it refuses for its form has not; and where h11 is of
another opinion, LISTED says which section of which RFC decides, and for whom.
"""

import collections
import json
import os
import re
import subprocess
import sys
import tempfile

import h11

import rfc_grammar as rfc

HERE = os.path.dirname(os.path.abspath(__file__))
COUNT, SEED = (sys.argv[1:] + ["20000", "1"][len(sys.argv) - 1:])[:2]

# Refused by net/http for what stands there, not for a meaning that the grammar does not know.
FORMS = {
    "no method", "a bad method", "no request line", "a bad target", "a bad version", "a line ends without CR",
    "a bad field name", "a control character in a field", "no status line", "a bad status line", "a bad chunk",
}

# Why net/http refuses what h11 accepts: the RFC's section, and what it says. Where it lets recipients choose, net/http
# refuses, as others may choose otherwise.
REFUSED_BY_US = {
    "a line ends without CR": "9112 2.2: a recipient MAY recognize a single LF",
    "a bad field name": "9112 5.2: a server MUST reject a line that continues another, or replace it; 5.1",
    "a control character in a field": "9110 5.5: recipients MAY retain such characters, in a safe context",
    "a bad target": "9112 3.2: a server MAY parse leniently; h11 takes any visible characters",
    "another version of HTTP": "9110 15.6.6: h11 leaves the major version to its user",
    "no status line": "9112 4: h11 takes any version",
    "a bad status line": "9112 4: a reason has the characters of a field's value",
    "a bad status": "9110 15: a status is from 100 on",
    "a bad Host field": "9112 3.2: a server MUST respond with 400 to an invalid field value",
    "two Host fields": "9112 3.2: a server MUST respond with 400; h11 counts them in HTTP/1.1 alone",
    "no Host field": "9112 3.2: a server MUST respond with 400 to HTTP/1.1 (and so to 1.2) without one",
    "the target's host is not that of the Host field": "9112 3.2: a client MUST send the target's",
    "CONNECT to no host and port": "9112 3.2.3: CONNECT has the authority form",
    "the target * of another method than OPTIONS": "9112 3.2.4: only OPTIONS has it",
    "content in a request that has none": "9110 9.3.6, 9.3.8: a client MUST NOT send it",
    "an unknown expectation": "9110 10.1.1: a server MAY respond with 417",
    "both Transfer-Encoding and Content-Length": "9112 6.3: ought to be handled as an error",
    "Transfer-Encoding in HTTP/1.0": "9112 6.1: MUST treat the framing as faulty",
    "two Content-Length fields": "9110 8.6: the same twice MUST be rejected or replaced by one",
    "a bad Content-Length": "9110 8.6: the same, and numbers that overflow",
    "a bad chunk": "9112 7.1: h11 takes spaces behind a size and anything for an extension",
    "an empty Transfer-Encoding": "9112 5.2: its value is on a line that continues it",
    "too many fields": "6585 5: h11 counts bytes alone",
    "the head is too long": "6585 5: h11 was told another limit",
    "the request line is too long": "9110 15.5.15: the same",
}


class Theirs:
    """What h11 makes of it, in the form that http_judge gives."""

    def __init__(self, kind, data):
        self.messages, self.error = [], None
        role = h11.SERVER if kind == "requests" else h11.CLIENT
        self.connection = h11.Connection(role, max_incomplete_event_size=1 << 20)
        self.kind = kind
        self.ask()
        try:
            self.connection.receive_data(data)
            while self.step():
                pass
        except h11.RemoteProtocolError as error:
            self.error = str(error)

    def ask(self):
        """Before a response there is a request."""
        if self.kind != "requests":
            target = b"a:443" if self.kind == "CONNECT" else b"/"
            self.connection.send(h11.Request(method=self.kind, target=target, headers=[("Host", "a:443")]))
            self.connection.send(h11.EndOfMessage())

    def step(self):
        event = self.connection.next_event()
        if event in (h11.NEED_DATA, h11.PAUSED):
            return False
        if isinstance(event, (h11.Request, h11.Response, h11.InformationalResponse)):
            request = isinstance(event, h11.Request)
            self.messages.append({
                "method": event.method if request else b"", "target": event.target if request else b"",
                "status": 0 if request else event.status_code, "minor": int(event.http_version[2:]),
                "fields": [list(each) for each in event.headers.raw_items()], "body": b"", "complete": False,
                "keeps": True, "changes": False,
            })
            self.messages[-1]["complete"] = isinstance(event, h11.InformationalResponse)
        elif isinstance(event, h11.Data):
            self.messages[-1]["body"] += event.data
        elif isinstance(event, h11.EndOfMessage):
            return self.end()
        return not isinstance(event, h11.ConnectionClosed)

    def end(self):
        """Whether another message may follow."""
        last, connection = self.messages[-1], self.connection
        last["complete"] = True
        last["changes"] = connection.their_state is h11.MIGHT_SWITCH_PROTOCOL
        last["keeps"] = connection.their_state is not h11.MUST_CLOSE
        if connection.their_state is not h11.DONE:
            return False
        if self.kind == "requests":
            connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
            connection.send(h11.EndOfMessage())
        if connection.our_state is not h11.DONE:
            return False
        connection.start_next_cycle()
        self.ask()
        return True


def decoded(message):
    for key in ("method", "target", "body"):
        message[key] = bytes.fromhex(message[key])
    message["fields"] = [[bytes.fromhex(name), bytes.fromhex(value)] for name, value in message["fields"]]
    return message


def field(message, name):
    """All values of a field, as one."""
    return b", ".join(value for each, value in message["fields"] if each.lower() == name)


def comparable(fields):
    """h11 gives Transfer-Encoding in small letters."""
    return [[name, value.lower() if name.lower() == b"transfer-encoding" else value] for name, value in fields]


class Judge:
    def __init__(self):
        self.wrong = []
        self.listed = collections.Counter()
        self.accepted = self.refused = 0

    def fail(self, what, case, theirs=None):
        self.wrong.append(f"{what}\n{case['kind']} {case['data']!r}\nours: {case['messages']} {case['refusal']}\n"
                          f"h11: {theirs and (theirs.messages, theirs.error)}")

    def judge(self, line):
        case = json.loads(line)
        case["data"] = bytes.fromhex(case.pop("bytes"))
        case["messages"] = [decoded(each) for each in case["messages"]]
        self.accepted += sum(each["complete"] for each in case["messages"])
        self.refused += bool(case["refusal"])
        self.by_grammar(case)
        self.by_h11(case)

    def by_grammar(self, case):
        """Goes through the messages that net/http has accepted, and looks at what it has refused."""
        at, data = 0, case["data"]
        requests = case["kind"] == "requests"
        pattern = rfc.REQUEST_HEAD if requests else rfc.RESPONSE_HEAD
        for message in case["messages"]:
            head = pattern.match(data, at)
            if not head:
                return self.fail("accepted without the grammar", case)
            fields = [list(each) for each in rfc.FIELDS.findall(head[5] if requests else head[4])]
            if fields != message["fields"]:
                return self.fail("other fields than the grammar's", case)
            if requests and (head[1], head[2]) != (message["method"], message["target"]):
                return self.fail("another request line than the grammar's", case)
            if not requests and int(head[2]) != message["status"]:
                return self.fail("another status than the grammar's", case)
            at = head.end()
            no_body = not requests and (case["kind"] == "HEAD" or message["status"] in (204, 304)
                                        or message["status"] < 200 or message["changes"])
            if field(message, b"transfer-encoding") and not no_body:
                body = rfc.chunked(data, at)
                if (body is not None) != message["complete"]:
                    # What net/http does not take for the limits' sake.
                    if not (body and case["refusal"] == "a bad chunk" and self.beyond_limits(data[at:body[1]])):
                        return self.fail("a chunked body to one of both", case)
                    return None
                if body and body[0] != message["body"]:
                    return self.fail("another body than the grammar's", case)
                at = body[1] if body else len(data)
            elif field(message, b"content-length") and not no_body:
                at += int(field(message, b"content-length"))
                if message["complete"] and message["body"] != data[head.end():at]:
                    return self.fail("another body than its length's", case)
            if not message["complete"]:
                return None
        if case["refusal"] in FORMS and case["refusal"] != "a bad chunk":
            head = pattern.match(data, at)
            if head and not self.has_no_port(case, head):
                return self.fail("refused for its form, which the grammar has", case)
        return None

    @staticmethod
    def beyond_limits(body):
        return any(int(each, 16) >= 1 << 63 or len(each) > 16 for each in re.findall(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]+", body)) \
            or len(body) > 4096

    @staticmethod
    def has_no_port(case, head):
        """Not of the grammar's but of the request's form: an authority without CONNECT, a port beyond 65535."""
        target = head[2] if case["kind"] == "requests" else b""
        authority = re.sub(rb"(?i)^https?://([^/?]*).*", rb"\1", target)
        port = re.search(rb":([0-9]+)$", authority)
        return case["refusal"] == "a bad target" and (
            re.fullmatch(rfc.AUTHORITY, target) is not None or (port and int(port[1]) > 65535))

    def by_h11(self, case):
        theirs = Theirs(case["kind"], case["data"])
        ours = case["messages"]
        for mine, other in zip(ours, theirs.messages):
            if not mine["complete"] or not other["complete"]:
                break
            for key in ("method", "target", "status", "body"):
                if mine[key] != other[key]:
                    return self.fail(f"another {key}", case, theirs)
            if comparable(mine["fields"]) != comparable(other["fields"]):
                return self.fail("other fields", case, theirs)
            if mine["minor"] != min(other["minor"], 1):  # RFC 9110, 2.5
                return self.fail("another version", case, theirs)
            if mine["changes"]:
                return None
            if other["changes"]:
                # It changes the protocol without Connection as well, and in HTTP/1.0.
                self.listed["9110 7.8: MUST ignore Upgrade in HTTP/1.0; and a sender MUST name it in Connection"] += 1
                return None
            if 100 <= mine["status"] < 200:
                continue  # Another answer follows.
            if mine["keeps"] != other["keeps"]:
                # RFC 9112, 9.3: a recipient MAY keep HTTP/1.0's connection where keep-alive is asked for.
                if mine["minor"] == 0 and mine["keeps"]:
                    self.listed["keeps HTTP/1.0 alive"] += 1
                    return None
                return self.fail("keeps the connection or not", case, theirs)
            if not mine["keeps"]:
                return None
        done = sum(each["complete"] for each in ours)
        other_done = sum(each["complete"] for each in theirs.messages)
        if case["refusal"] and other_done > done:
            if case["refusal"] not in REFUSED_BY_US:
                return self.fail("refused by net/http alone", case, theirs)
            self.listed[case["refusal"]] += 1
        if theirs.error and done > other_done:
            reason = self.refused_by_them(case, ours[other_done], theirs.error)
            if not reason:
                return self.fail("refused by h11 alone", case, theirs)
            self.listed[reason] += 1
        return None

    @staticmethod
    def refused_by_them(case, message, error):
        """Why h11 is wrong, or as right as net/http, to refuse it."""
        if error in ("no request line received", "illegal request line") and b"\r\n\r\n" in b"\r\n" + case["data"]:
            return "9112 2.2: a server SHOULD ignore at least one empty line before a request"
        if message["status"] == 101:
            return "9110 15.2.2: h11 knows that its own request did not ask for it"
        return None


def main():
    judge = Judge()
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([os.path.join(HERE, "http_judge"), COUNT, SEED], stdout=file, check=True)
        file.seek(0)
        for line in file:
            judge.judge(line)
    print(f"{judge.accepted} messages accepted, {judge.refused} refused; disagreements that are listed:")
    for reason, count in judge.listed.most_common():
        print(f"{count:6} {reason}: {REFUSED_BY_US.get(reason, '')}")
    for wrong in judge.wrong[:10]:
        print("\n" + "\n".join(line[:1000] for line in wrong.splitlines()))
    print(f"{len(judge.wrong)} that are not")
    enough = judge.accepted > int(COUNT) // 20 and judge.refused > int(COUNT) // 10
    return 0 if enough and not judge.wrong else 1


if __name__ == "__main__":
    sys.exit(main())
