#!/usr/bin/env python3
"""net/dns and dnsmasq, a name server of other people's: addresses, aliases, refusals, and answers by TCP."""

import os
import shutil
import socket
import subprocess

from harness import SAFETY, Case, endpoint, families, loopback, main

MANY = [f"192.0.2.{number}" for number in range(1, 41)]
RECORDS = [
    "--host-record=host.test,192.0.2.7,2001:db8::7",
    "--host-record=v4.test,192.0.2.8",
    "--host-record=v6.test,2001:db8::8",
    "--cname=alias.test,host.test",
    "--cname=twice.test,alias.test",
    *(f"--host-record=many.test,{address}" for address in MANY),
]


class Dns(Case):
    def setUp(self):
        self.families = list(families())
        self.port = self.free_port()
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        command = [shutil.which("dnsmasq", path=path) or self.fail("dnsmasq is not installed")]
        command += ["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--local=/test/"]
        command += ["--bind-interfaces", f"--port={self.port}"]
        command += [f"--listen-address={loopback(family)}" for family in self.families]
        # pylint: disable=consider-using-with  # ended below
        self.server = subprocess.Popen(command + RECORDS, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.server.wait, SAFETY)
        self.addCleanup(self.server.kill)
        self.addCleanup(self.server.stderr.close)
        said = []
        for line in self.server.stderr:
            said.append(line)
            if "started, version" in line:
                break
        else:
            self.fail(said)

    def free_port(self):
        """One that is free for both protocols."""
        while True:
            tcp = self.bound()
            try:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                    udp.bind(tcp.getsockname())
            except OSError:
                continue
            port = tcp.getsockname()[1]
            tcp.close()
            return port

    def look_up(self, *arguments, family=socket.AF_INET):
        """The addresses, or the line that tells why there are none."""
        server = endpoint((loopback(family), self.port))
        program = os.path.join("tests/interop/programs/look_up")
        done = subprocess.run([program, server, *arguments], capture_output=True, text=True, check=False, timeout=SAFETY)
        if done.returncode != 0:
            return done.stderr.strip()
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_addresses_of_both_families(self):
        for family in self.families:
            with self.subTest(family=family.name):
                self.assertEqual(sorted(self.look_up("host.test", family=family)), ["192.0.2.7", "2001:db8::7"])

    def test_addresses_of_one_family(self):
        self.assertEqual(self.look_up("host.test", "4"), ["192.0.2.7"])
        self.assertEqual(self.look_up("host.test", "6"), ["2001:db8::7"])
        self.assertEqual(self.look_up("v4.test"), ["192.0.2.8"])
        self.assertEqual(self.look_up("v6.test"), ["2001:db8::8"])

    def test_names_in_other_forms(self):
        self.assertEqual(self.look_up("HOST.Test", "4"), ["192.0.2.7"])
        self.assertEqual(self.look_up("host.test.", "4"), ["192.0.2.7"])

    def test_aliases(self):
        self.assertEqual(self.look_up("alias.test", "4"), ["192.0.2.7"])
        self.assertEqual(self.look_up("twice.test", "6"), ["2001:db8::7"])

    def test_no_such_name_or_address(self):
        self.assertEqual(self.look_up("nothing.test"), "error: resolve nothing.test: host not found")
        self.assertEqual(self.look_up("v4.test", "6"), "error: resolve v4.test: host not found")

    def test_a_refusal(self):
        # It knows nobody to ask for names of other people's.
        self.assertEqual(self.look_up("www.example.com"), "error: resolve www.example.com: name resolution failed")

    def test_a_long_answer_by_tcp(self):
        addresses = self.look_up("many.test", "4")
        self.assertEqual(len(addresses), 16)
        self.assertEqual(len(set(addresses) & set(MANY)), 16)


if __name__ == "__main__":
    main()
