#!/usr/bin/env -S python3 -B
"""Runs every benchmark for a fraction of a second, with every answer compared with its request. How large a figure
is does not matter here, just that it is there and that it can be one."""

import contextlib
import math
import os
import shutil
import subprocess
import unittest
import unittest.mock

import churn
import echo
import http_all
import http_requests
import http_servers
import https_requests
import memory
import processes
import syscalls
import udp
import websocket

BRIEF = ["--rounds=1", "--seconds=0.1", "--warm-up=0.02", "--retries=0", "--verify"]


def expected(servers):
    return [server.name for server in servers]


class Smoke(unittest.TestCase):
    def check_comparison(self, driver, cells, servers, arguments=()):
        processes.chosen(servers, expected(servers))  # all are there
        rows = driver.run([*BRIEF, f"--cells={','.join(cells)}", *arguments])
        self.assertEqual([row["server"] for row in rows], len(cells) * expected(servers))
        for row in rows:
            with self.subTest(**row):
                self.assertGreater(row["rate"], 0)
                self.assertTrue(math.isfinite(row["rate ratio"]) and row["rate ratio"] > 0)
                self.assertGreaterEqual(row["cpu"], 0)
                self.assertTrue(-0.01 <= row["idle"] <= 1.5)

    def test_echo(self):
        self.check_comparison(echo, ["1x64", "50x64", "500x64", "50x16k"], processes.ECHO_SERVERS)

    def test_echo_to_a_slow_reader(self):
        """Requests of more than the sockets hold: the servers have to keep what cannot be sent at once."""
        for server in processes.chosen(processes.ECHO_SERVERS):
            with self.subTest(server=server.name), processes.Running(server) as running:
                result = processes.load(
                    "tcp", running, connections=2, size=6_000_000, requests=4, verify=True, slow=True
                )
                self.assertEqual(result["done"], 4)

    def test_echo_with_a_sleeping_load_generator(self):
        self.check_comparison(echo, ["1x64"], processes.ECHO_SERVERS, ["--sleep"])

    def test_udp(self):
        self.check_comparison(udp, ["8x16x64", "1x1x64", "4x4x1400"], processes.UDP_SERVERS)

    def test_churn(self):
        self.check_comparison(churn, ["16x64"], processes.ECHO_SERVERS)

    def test_http(self):
        with http_servers.servers() as servers:
            self.check_comparison(http_requests, ["plaintext:64x1", "json:3x5", "file:8x16"], servers)

    def test_http_with_wrk(self):
        with http_servers.servers() as servers:
            own = [server for server in servers if server.name in ("nginx", "epoll")]
            self.check_comparison(
                http_requests, ["plaintext:8x16"], own, ["--generator=wrk", "--servers=nginx,epoll"]
            )

    def test_http_with_requests_that_differ(self):
        with http_servers.servers() as servers:
            own = [server for server in servers if server.name in ("epoll", "eddy")]
            self.check_comparison(http_requests, ["json:3x16"], own, ["--vary", "--servers=epoll,eddy"])

    def test_http_prints_everything(self):
        parts = (http_requests, https_requests, websocket, memory)
        with contextlib.ExitStack() as stack:
            runs = [stack.enter_context(unittest.mock.patch.object(part, "run", return_value=[part.__name__]))
                    for part in parts]
            self.assertEqual(http_all.run(["--rounds=2"]), [part.__name__ for part in parts])
            self.assertEqual(http_all.run(["--rounds=2", "--cells=json:1x1"]), ["http_requests"])
        self.assertEqual([run.call_count for run in runs], [2, 1, 1, 1])

    def test_https(self):
        with http_servers.secure_servers() as servers:
            self.check_comparison(https_requests, ["file:2x3", "handshakes"], servers)

    def test_websocket(self):
        self.check_comparison(websocket, ["echo:8x3x64", "echo:4x1x16k", "broadcast:50x2x64"], websocket.SERVERS)

    def test_memory(self):
        rows = memory.run(["--connections=200"])
        self.assertEqual([row["server"] for row in rows], expected(memory.SERVERS))
        with http_servers.servers() as servers:
            names = expected(servers)
        http_rows = memory.run(["--connections=200", "--http"])
        self.assertEqual([row["server"] for row in http_rows], names)
        for row in rows + http_rows:
            self.assertGreater(row["empty"], 0)
            self.assertGreaterEqual(row["rss"], 0)

    def test_system_calls(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        try:
            rows = syscalls.run(["--scale=0.1"])
        except processes.Failure as failure:
            if "not permitted" in str(failure):
                self.skipTest("tracing is not allowed here")
            raise
        self.assertEqual([row["server"] for row in rows], len(syscalls.CELLS) * expected(processes.ECHO_SERVERS))
        for row in rows:
            with self.subTest(**row):  # exactly one of each for an echo, give or take the ends of the two runs
                self.assertAlmostEqual(sum(row.get(name, 0) for name in ("write", "sendto", "sendmsg")), 1, delta=0.02)
                # The first run may have asked each of its 50 connections in vain, and the second, of 200 more, none.
                self.assertGreater(sum(row.get(name, 0) for name in ("read", "recvfrom", "recvmsg")), 0.7)

    def check_table(self, binary, arguments, columns):
        """A table printed by a binary itself: a title, a header, and rows of name and median, min..max each."""
        output = subprocess.run(
            [processes.required(binary), *arguments], check=True, capture_output=True, text=True, timeout=60
        ).stdout
        print(output)
        rows = output.splitlines()[2:]
        self.assertGreaterEqual(len(rows), 1)
        for row in rows:
            fields = row.split()
            self.assertEqual(len(fields), 1 + 2 * columns, row)
            for median, bounds in zip(fields[1::2], fields[2::2]):
                least, most = map(float, bounds.split(".."))
                self.assertTrue(0 < least <= float(median) <= most, row)

    def test_tasks(self):
        self.check_table("tasks", ["--rounds=3", "--chains=1000"], 2)

    def test_timers(self):
        self.check_table("timers", ["--rounds=1", "--timers=2000"], 4)


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C")
    unittest.main(verbosity=2)
