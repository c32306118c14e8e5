#!/usr/bin/env python3
"""HTTP clients that mean ill: the corpus' requests sent as they are and through nginx, and slowhttptest's four modes."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time

import http_server_test
from harness import SAFETY, Case, main, receive_all

TARGET = os.path.abspath("tests/interop/programs/http_target")
JUDGE = "tests/fuzz/http_judge"


def corpus():
    """The requests of tests/unit/http/corpus that have the usual limits, each with what is to come of it."""
    lines = subprocess.run([JUDGE, "0", "1"], stdout=subprocess.PIPE, check=True).stdout.splitlines()
    cases = [json.loads(line) for line in lines]
    return [(bytes.fromhex(each["bytes"]), each) for each in cases if each["kind"] == "requests"]


def is_refused(case):
    """Before anything of it has reached a handler."""
    return case["refusal"] and not case["messages"]


def ask(connection, path):
    """An answer's body on a connection that then ends."""
    connection.settimeout(SAFETY)
    connection.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path)
    head, _, body = receive_all(connection).partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0], body


class Hostile(Case):
    def setUp(self):
        self.target, self.address = self.server(TARGET)
        self.good()
        self.descriptors = self.open_descriptors()

    def good(self, path=b"/good"):
        """A normal client, which is answered whatever others do."""
        with socket.create_connection(self.address, timeout=SAFETY) as connection:
            self.assertEqual(ask(connection, path), (b"HTTP/1.1 200 OK", b"GET %b 0" % path))

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.target.process.pid}/fd"))

    def memory(self):
        """What the server has of it, in bytes."""
        with open(f"/proc/{self.target.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def eventually_as_before(self):
        while self.open_descriptors() > self.descriptors:
            self.good()
            time.sleep(0.02)

    def test_the_corpus_as_it_is(self):
        refused = 0
        for data, case in corpus():
            with self.subTest(data[:200]), socket.create_connection(self.address, timeout=SAFETY) as connection:
                with contextlib.suppress(OSError):
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                got = receive_all(connection)
                if is_refused(case):
                    refused += 1
                    self.assertRegex(got, rb"^HTTP/1\.1 %d .*\r\n" % case["status"])
                    self.assertIn(b"\r\nConnection: close\r\n", got)
                    self.assertEqual(got.count(b"HTTP/1.1"), 1)
                elif case["messages"] and case["messages"][0]["complete"]:
                    self.assertRegex(got, rb"^HTTP/1\.1 (200 OK|100 Continue)\r\n")
        self.assertGreater(refused, 200)
        self.good()
        self.eventually_as_before()

    def test_the_corpus_through_nginx(self):
        """nginx keeps /admin away and keeps one connection to us. Whoever gets there has been smuggled; and an answer that
        is another request's tells that nginx and we disagree where one ends."""
        configuration = f"""
          upstream ours {{ server {self.address[0]}:{self.address[1]}; keepalive 1; }}
          server {{ listen unix:SOCKET; merge_slashes off; ignore_invalid_headers off; underscores_in_headers on;
            location /admin {{ return 403; }}
            location / {{ proxy_pass http://ours; proxy_http_version 1.1; proxy_set_header Connection "";
              proxy_set_header Host $http_host; proxy_request_buffering off; proxy_ignore_client_abort on; }} }}"""
        forwarded = 0
        with http_server_test.nginx(configuration) as path:
            for number, (data, case) in enumerate(corpus()):
                with self.subTest(data[:200]):
                    with self.new_socket(socket.AF_UNIX) as connection:
                        connection.connect(path)
                        with contextlib.suppress(OSError):
                            connection.sendall(data)
                            connection.shutdown(socket.SHUT_WR)
                        got = b""
                        with contextlib.suppress(ConnectionResetError):
                            got = receive_all(connection)
                    forwarded += bool(is_refused(case) and b" 200 OK\r\n" in got)
                    with self.new_socket(socket.AF_UNIX) as connection:
                        connection.connect(path)
                        probe = b"/probe-%d" % number
                        self.assertEqual(ask(connection, probe), (b"HTTP/1.1 200 OK", b"GET %b 0" % probe))
        print(f"{forwarded} requests that we refuse nginx makes others of, which we do not", flush=True)
        self.good()
        self.target.send(2)
        _, lines, _ = self.target.rest()
        self.assertEqual(lines, [], "smuggled")

    def test_slowhttptest(self):
        """Slow heads, slow bodies, ranges by the thousand, slow reading: all at once, while a normal client is served."""
        base = f"http://{self.address[0]}:{self.address[1]}"
        usual = ["-c", "200", "-r", "200", "-l", "6", "-p", "5"]
        modes = {
            "slow heads": ["-H", "-i", "1", "-u", base + "/"],
            "slow bodies": ["-B", "-i", "1", "-s", "8192", "-u", base + "/"],
            "ranges": ["-R", "-a", "1", "-b", "3000", "-u", base + "/"],
            "slow reading": ["-X", "-w", "1", "-y", "64", "-n", "1", "-z", "8", "-k", "3", "-u", base + "/large"],
        }
        before = self.memory()
        attacks = [subprocess.Popen(["slowhttptest", *mode, *usual], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT) for mode in modes.values()]
        for each in attacks:
            self.addCleanup(each.kill)
        said = [self.peer(each.communicate) for each in attacks]
        most = answered = 0
        while any(each.is_alive() for each in said):
            self.good()
            answered += 1
            most = max(most, self.memory() - before)
            time.sleep(0.01)
        for name, each in zip(modes, said):
            out = each.result()[0].decode(errors="replace")
            plain = re.sub("\x1b\\[[0-9;]*m", "", out)
            self.assertRegex(plain, r"service available: +\w+")  # It has run; how it sees us depends on the machine.
            print(name + ":", re.findall(r"(\w+): +(\d+)\n", plain)[-4:])
        print(f"{answered} normal requests answered meanwhile, {most} bytes more at most", flush=True)
        if "ASAN_OPTIONS" not in os.environ:  # which keeps what was freed
            self.assertLess(most, 64 << 20)
        self.eventually_as_before()
        self.stop(self.target)


if __name__ == "__main__":
    main()
