#!/usr/bin/env python3
"""net/tls and `openssl s_server`, `openssl s_client`, and CPython's ssl: both sides, both versions."""

import os
import re
import socket
import ssl
import subprocess
import tempfile

import harness
from certificates import Certificates, run
from harness import SAFETY, Case, Program, main

VERSIONS = {"1.2": "-tls1_2", "1.3": "-tls1_3"}


class TlsCase(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with  # ended by the case
        self.addCleanup(folder.cleanup)
        self.certificates = Certificates(folder.name)

    def start(self, *arguments, version=None):
        """tls_echo, which runs."""
        previous = os.environ.pop("EDDY_TLS", None)
        if version:
            os.environ["EDDY_TLS"] = version
        try:
            program = Program("tls_echo", *arguments)
        finally:
            os.environ.pop("EDDY_TLS", None)
            if previous:
                os.environ["EDDY_TLS"] = previous
        self.addCleanup(program.end)
        return program

    def server_here(self, *arguments, version=None):
        program = self.start("server", *self.certificates.server, *arguments, version=version)
        return program, program.address()[1]


class Server(TlsCase):
    def context(self, version=None):
        context = ssl.create_default_context(cafile=self.certificates.authority[0])
        if version:
            context.minimum_version = context.maximum_version = {
                "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
        return context

    def connect(self, context, port):
        plain = socket.create_connection(("127.0.0.1", port), timeout=SAFETY)
        secured = context.wrap_socket(plain, server_hostname="localhost")
        self.addCleanup(secured.close)
        return secured

    def test_openssl_s_client(self):
        for version, option in VERSIONS.items():
            program, port = self.server_here()
            said = run("openssl", "s_client", option, "-connect", f"127.0.0.1:{port}", "-servername", "localhost",
                       "-verify_hostname", "localhost", "-verify_return_error", "-CAfile",
                       self.certificates.authority[0], "-alpn", "other,echo", "-ign_eof", "-no_ign_eof",
                       input=b"Hello, world\n").decode()
            self.assertIn("Verify return code: 0 (ok)", said)
            self.assertIn("ALPN protocol: echo", said)
            self.assertEqual(program.line(), f"{version} name=localhost protocol=echo resumed=0 verified=0 peer=")
            self.stop(program)

    def test_much_both_ways_and_an_orderly_end(self):
        data = os.urandom(1_000_000)
        for version in VERSIONS:
            program, port = self.server_here()
            client = self.connect(self.context(version), port)
            peer = self.peer(client.sendall, data)
            got = b""
            while len(got) < len(data):
                got += client.recv(65536)
            peer.result()
            self.assertEqual(got, data)
            client.unwrap()  # both sides say that it is the end
            self.assertTrue(program.line().startswith(version))
            self.stop(program)

    def test_openssl_resumes(self):
        for version, option in VERSIONS.items():
            program, port = self.server_here(version=version)
            session = self.certificates.path("session")
            common = ["openssl", "s_client", option, "-connect", f"127.0.0.1:{port}", "-servername", "localhost"]
            for more in (["-sess_out", session], ["-sess_in", session]):
                # pylint: disable=consider-using-with  # ended below
                client = subprocess.Popen(common + more, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=subprocess.DEVNULL)
                client.stdin.write(b"Hello, world\n")
                client.stdin.flush()
                for line in client.stdout:  # the echo comes after the tickets
                    if line == b"Hello, world\n":
                        break
                client.stdin.close()
                client.wait(SAFETY)
                client.stdout.close()
            self.assertIn("resumed=0", program.line())
            self.assertIn("resumed=1", program.line())
            self.stop(program)

    def test_client_certificates(self):
        program, port = self.server_here(self.certificates.authority[0])
        context = self.context()
        context.load_cert_chain(*self.certificates.client)
        client = self.connect(context, port)
        client.sendall(b"x")
        self.assertEqual(client.recv(1), b"x")
        self.assertIn("verified=1 peer=CN=client", program.line())
        without = self.connect(self.context(), port)
        with self.assertRaises(ssl.SSLError) as refused:
            without.recv(1)
        self.assertIn("certificate required", str(refused.exception).lower().replace("_", " "))

    def test_old_versions_are_refused(self):
        _, port = self.server_here()
        for option in ("-tls1", "-tls1_1"):
            ended = subprocess.run(
                ["openssl", "s_client", option, "-cipher", "ALL:@SECLEVEL=0", "-connect", f"127.0.0.1:{port}"],
                stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=SAFETY)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn(b"alert protocol version", ended.stderr)

    def test_stalled_handshakes_do_not_hold_others_back(self):
        program, port = self.server_here()
        for _ in range(50):
            self.connected(("127.0.0.1", port)).sendall(b"\x16\x03\x01")
        client = self.connect(self.context(), port)
        client.sendall(b"x")
        self.assertEqual(client.recv(1), b"x")
        self.assertTrue(program.line().startswith("1.3"))


class Client(TlsCase):
    def openssl_server(self, *options):
        """`openssl s_server` that sends lines back reversed, and its port."""
        # pylint: disable=consider-using-with  # ended here
        server = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", self.certificates.server[0], "-key",
             self.certificates.server[1], "-rev", "-alpn", "echo", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, SAFETY)
        self.addCleanup(server.kill)
        for line in server.stdout:
            found = re.search(r"ACCEPT \S*:(\d+)", line)
            if found:
                return int(found[1])
        return self.fail("openssl s_server does not listen")

    def test_openssl_s_server(self):
        for version, option in VERSIONS.items():
            port = self.openssl_server(option)
            program = self.start("client", "localhost", port, self.certificates.authority[0])
            status, lines, errors = program.rest()
            self.assertEqual((status, errors), (0, []))
            agreed = f"{version} name=localhost protocol=echo resumed=%d verified=1 peer=CN=localhost"
            self.assertEqual(lines, [agreed % 0, "dlrow ,olleH", agreed % 1, "dlrow ,olleH"])

    def test_client_certificate(self):
        for _, option in VERSIONS.items():
            port = self.openssl_server(option, "-Verify", "1", "-verify_return_error", "-CAfile",
                                       self.certificates.authority[0])
            program = self.start("client", "localhost", port, self.certificates.authority[0],
                                 *self.certificates.client)
            status, _, errors = program.rest()
            self.assertEqual((status, errors), (0, []))

    def test_what_it_refuses(self):
        port = self.openssl_server()
        program = self.start("client", "example.org", port, self.certificates.authority[0])
        self.assert_fails(program, 1, "example.org", "hostname mismatch", "permission denied")
        program = self.start("client", "localhost", port, self.certificates.client[0])
        self.assert_fails(program, 1, "local...", "unable to get local issuer certificate")
        for option in ("-tls1", "-tls1_1"):
            old = self.openssl_server(option, "-cipher", "ALL:@SECLEVEL=0")
            program = self.start("client", "localhost", old, self.certificates.authority[0])
            self.assert_fails(program, 1, "localhost", "protocol error")


harness.EXAMPLES = "tests/interop/programs"
if __name__ == "__main__":
    main()
