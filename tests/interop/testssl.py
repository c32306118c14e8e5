#!/usr/bin/env python3
"""testssl.sh finds nothing above "low" in a server of net/tls."""

import json
import shutil
import subprocess

import tls_test
from harness import main

# What it says of a certificate that was made for a test by an authority that nobody knows, and of names that a
# machine without a network does not find.
OF_THE_CERTIFICATE = ("cert_", "cert", "overall_grade", "final_score", "grade_cap", "scanProblem", "engine_problem",
                      "DNS_CAArecord", "OCSP")


class TestSsl(tls_test.TlsCase):
    def test_no_finding(self):
        tool = shutil.which("testssl") or shutil.which("testssl.sh") or self.fail("testssl.sh is not installed")
        _, port = self.server_here()
        report = self.certificates.path("report.json")
        subprocess.run(
            [tool, "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", "127.0.0.1", "--jsonfile",
             report, f"localhost:{port}"], check=False, stdin=subprocess.DEVNULL, timeout=1500)
        with open(report, encoding="utf-8") as file:
            findings = json.load(file)
        self.assertGreater(len(findings), 80, "it has looked")
        grave = [f"{each['severity']} {each['id']}: {each['finding']}" for each in findings
                 if each["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")
                 and not each["id"].startswith(OF_THE_CERTIFICATE)]
        self.assertEqual(grave, [])


if __name__ == "__main__":
    main()
