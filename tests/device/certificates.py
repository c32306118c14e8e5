"""Certificates for tests of TLS."""

import os
import subprocess

SAFETY = 60  # seconds


def make(folder, name, context=None):
    """One that signs itself, for a host of that name, as text. `context`: has it, and its key, from then on."""
    chain, key = os.path.join(folder, name), os.path.join(folder, name + ".key")
    extensions = os.path.join(folder, "extensions")
    with open(extensions, "w", encoding="ascii") as file:
        file.write(f"subjectAltName=DNS:{name}\n")
    # With no more in it than must be: a board takes short arguments.
    for command in (["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=a",
                     "-keyout", key, "-out", chain + ".csr"],
                    ["x509", "-req", "-in", chain + ".csr", "-signkey", key, "-days", "2", "-extfile", extensions,
                     "-out", chain]):
        subprocess.run(["openssl", *command], check=True, capture_output=True, timeout=SAFETY)
    if context:
        context.load_cert_chain(chain, key)
    with open(chain, encoding="ascii") as file:
        return file.read()
