"""Certificates for the tests of TLS, made by `openssl` as a test runs."""

import os
import subprocess

from harness import SAFETY


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, timeout=SAFETY, **options).stdout


class Certificates:
    """An authority, a certificate for localhost and one for a client, in a folder; no key outlives it."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = self.make("authority", "-addext", "basicConstraints=critical,CA:TRUE")
        self.server = self.issue("localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        self.client = self.issue("client", "extendedKeyUsage=clientAuth")

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, *options):
        chain, key = self.path(name + ".pem"), self.path(name + ".key")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", key, "-out", chain, *options)
        return chain, key

    def issue(self, name, extension, days=2):
        chain, key = self.make(name)
        request, extensions = self.path(name + ".csr"), self.path(name + ".ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(extension + "\n")
        run("openssl", "req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        run("openssl", "x509", "-req", "-in", request, "-CA", self.authority[0], "-CAkey", self.authority[1],
            "-CAcreateserial", "-days", str(days), "-extfile", extensions, "-out", chain)
        return chain, key
