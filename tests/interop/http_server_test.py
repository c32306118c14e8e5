#!/usr/bin/env python3
"""The HTTP servers among the examples, against curl, h2load, nginx in front, and CPython's client."""

import contextlib
import gzip
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest.mock

from harness import SAFETY, Case, main, receive_all

NGINX = "/usr/sbin/nginx"
LARGE = bytes(i * 7 % 251 for i in range(1_000_003))


def curl(*arguments, **options):
    """What curl prints; it must succeed."""
    command = ["curl", "--silent", "--show-error", "--max-time", str(SAFETY), *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=2 * SAFETY, **options).stdout


class Files(Case):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "large.bin").write_bytes(LARGE)
        (self.folder / "text.txt").write_text("".join(f"line {i}\n" for i in range(5000)))
        (self.folder / "index.html").write_text("<p>home")
        self.process, address = self.server("http_files", "--folder", self.folder)
        self.url = f"http://{address[0]}:{address[1]}"
        self.address = address

    def test_says_that_there_is_no_such_folder(self):
        missing = str(self.folder / "none")
        self.assert_fails(self.program("http_files", "--folder", missing, "--port", "0"), 1,
                          f"error: open {missing}: No such file or directory")

    def test_curl_gets_a_file_whole_in_parts_and_resumed(self):
        self.assertEqual(curl(self.url + "/"), b"<p>home")
        self.assertEqual(curl(self.url + "/large.bin"), LARGE)
        self.assertEqual(curl("--range", "1000-1999", self.url + "/large.bin"), LARGE[1000:2000])
        self.assertEqual(curl("--range", "-10", self.url + "/large.bin"), LARGE[-10:])
        half = self.folder / "half"
        half.write_bytes(LARGE[:400_000])
        curl("--continue-at", "-", "--output", half, self.url + "/large.bin")
        self.assertEqual(half.read_bytes(), LARGE)

    def test_curl_decompresses_and_asks_only_for_what_changed(self):
        text = (self.folder / "text.txt").read_bytes()
        self.assertEqual(curl("--compressed", self.url + "/text.txt"), text)
        compressed = curl("--header", "Accept-Encoding: gzip", self.url + "/text.txt")
        self.assertEqual(gzip.decompress(compressed), text)
        etags, out = self.folder / "etags", self.folder / "out"
        for expected in (b"200", b"304"):
            status = curl("--etag-compare", etags, "--etag-save", etags, "--output", out, "--write-out",
                          "%{http_code}", self.url + "/text.txt")
            self.assertEqual(status, expected)
        status = curl("--time-cond", self.folder / "text.txt", "--output", out, "--write-out", "%{http_code}",
                      self.url + "/text.txt")
        self.assertEqual(status, b"304")

    def test_one_connection_takes_many_requests(self):
        paths = [f"{self.url}/text.txt?{i}" for i in range(50)]
        counts = curl("--write-out", "%{num_connects}\n", "--output", "/dev/null", *sum(
            ([path, "--output", "/dev/null"] for path in paths), [])[:-2])
        self.assertEqual(sum(map(int, counts.split())), 1)

    def test_answers_before_a_bad_request_arrive_whole(self):
        # What nobody has read when a connection is closed resets it, and the peer loses what it has not taken.
        middle = LARGE[:250_000]  # within what is kept in memory
        (self.folder / "middle.bin").write_bytes(middle)
        request = b"GET /middle.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        bad = b"GET /text.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        whole = request + b"\r\n"
        for last in (bad, bad.replace(b"text.txt", b"middle.bin"), bad.replace(b"text.txt", b"large.bin")):
            with socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
                connection.settimeout(SAFETY)
                connection.connect(self.address)
                connection.sendall(6 * whole + last + 200 * whole)
                got = receive_all(connection)
            answers = got.split(b"HTTP/1.1 200 OK\r\n")[1:]
            self.assertEqual(len(answers), 7)
            for answer in answers[:6]:
                self.assertEqual(answer.split(b"\r\n\r\n", 1)[1], middle)
            name = last.split()[1].decode().strip("/")
            self.assertEqual(answers[6].split(b"\r\n\r\n", 1)[1], (self.folder / name).read_bytes())

    def test_curl_without_tricks_stays_in_the_folder(self):
        for path in ("/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd"):
            status = curl("--path-as-is", "--output", "/dev/null", "--write-out", "%{http_code}", self.url + path)
            self.assertEqual(status, b"404")

    def test_pages_that_took_this_address_read_nothing(self):
        for host, expected in (("evil.example", b"421"), (f"evil.example:{self.address[1]}", b"421"),
                               (f"localhost:{self.address[1]}", b"200")):
            status = curl("--header", f"Host: {host}", "--output", "/dev/null", "--write-out", "%{http_code}",
                          self.url + "/text.txt")
            self.assertEqual(status, expected, host)

    def test_h2load(self):
        out = subprocess.run(
            ["h2load", "--h1", "--requests", "2000", "--clients", "20", "--threads", "1", self.url + "/text.txt"],
            stdout=subprocess.PIPE, check=True, timeout=SAFETY).stdout.decode()
        self.assertIn("2000 succeeded, 0 failed, 0 errored, 0 timeout", out)

    def test_wrk(self):
        for script in ("", """request = function()
                                one = wrk.format("GET", "/text.txt", {Range = "bytes=0-9"})
                                return one .. one .. one .. one
                              end"""):
            file = self.folder / "pipelined.lua"
            file.write_text(script)
            out = subprocess.run(["wrk", "--threads", "1", "--connections", "20", "--duration", "1s", "--script", file,
                                  "--timeout", "5s", self.url + "/text.txt"], stdout=subprocess.PIPE, check=True,
                                 timeout=SAFETY).stdout.decode()
            self.assertGreater(int(re.search(r"(\d+) requests in", out)[1]), 20, out)
            self.assertNotRegex(out, "Socket errors|Non-2xx", out)

    def test_nginx_in_front(self):
        """As a reverse proxy, with connections that are kept."""
        with nginx(f"""
          upstream ours {{ server {self.address[0]}:{self.address[1]}; keepalive 4; }}
          server {{ listen unix:SOCKET; location / {{
            proxy_pass http://ours; proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header Host localhost; }} }}""") as path:
            through = ["--unix-socket", path]
            for _ in range(20):
                self.assertEqual(curl(*through, "http://ours/"), b"<p>home")
            self.assertEqual(curl(*through, "http://ours/large.bin"), LARGE)
            self.assertEqual(curl(*through, "--range", "5-9", "http://ours/large.bin"), LARGE[5:10])
            self.assertEqual(curl(*through, "--compressed", "http://ours/text.txt"),
                             (self.folder / "text.txt").read_bytes())


def reach(family, address, process):
    """Until a server that does not tell when it listens does; it must not end before."""
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.socket(family) as probe:
            probe.connect(address)
            return
        time.sleep(0.01)
    raise AssertionError(f"{process.args} ended")


@contextlib.contextmanager
def nginx(configuration):
    """nginx with a server on a Unix socket; gives its path."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        file = pathlib.Path(folder, "nginx.conf")
        names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in names)
        file.write_text(
            f"user root; daemon off; master_process off; pid {folder}/pid; error_log stderr error; events {{}}"
            f"http {{ access_log off; {temporary} {configuration.replace('SOCKET', path)} }}")
        process = subprocess.Popen([NGINX, "-c", file, "-p", folder, "-e", "stderr"])
        try:
            reach(socket.AF_UNIX, path, process)
            yield path
        finally:
            process.kill()
            process.wait()


JSON = {"Content-Type": "application/json"}


class Notes(Case):
    def setUp(self):
        self.process, self.address = self.server("http_notes", "--store", ":memory:")
        self.url = f"http://{self.address[0]}:{self.address[1]}/notes"

    def test_keeps_changes_and_forgets_notes(self):
        added = json.loads(curl("--json", json.dumps({"text": "milk \u00e4 \"q\""}), self.url))
        self.assertEqual(added, {"id": 1, "text": "milk \u00e4 \"q\""})
        curl("--json", '{"text":"tea"}', self.url)
        self.assertEqual([each["id"] for each in json.loads(curl(self.url))], [1, 2])
        curl("--request", "PUT", "--json", '{"text":"coffee"}', self.url + "/2")
        self.assertEqual(json.loads(curl(self.url + "/2"))["text"], "coffee")
        code = ("--output", "/dev/null", "--write-out", "%{http_code}")
        self.assertEqual(curl("--request", "DELETE", *code, self.url + "/2"), b"204")
        for arguments, status in (
            ((self.url + "/2",), b"404"),
            ((self.url + "/x",), b"404"),
            (("--json", "{", self.url), b"400"),
            (("--json", '{"text":1}', self.url), b"400"),
            (("--data", '{"text":"a form"}', self.url), b"415"),
            (("--header", "Content-Type: text/plain; a=application/json", "--data", '{"text":"a"}', self.url), b"415"),
            (("--header", "Content-Type:", "--data", '{"text":"a"}', self.url), b"415"),
            (("--request", "PUT", "--data", '{"text":"a form"}', self.url + "/1"), b"415"),
            (("--header", "Content-Type: Application/JSON ; charset=utf-8", "--data", '{"text":"a"}', self.url),
             b"201"),
            (("--request", "PATCH", self.url + "/1"), b"405"),
        ):
            self.assertEqual(curl(*code, *arguments), status, arguments)

    def test_lists_the_newest_hundred(self):
        client = http.client.HTTPConnection(*self.address, timeout=SAFETY)
        self.addCleanup(client.close)
        for i in range(103):
            client.request("POST", "/notes", json.dumps({"text": str(i)}), JSON)
            self.assertEqual(client.getresponse().read(), b'{"id":%d,"text":"%d"}\n' % (i + 1, i))
        client.request("GET", "/notes")
        self.assertEqual([each["id"] for each in json.loads(client.getresponse().read())], list(range(4, 104)))

    def test_curl_uploads_in_chunks_and_waits_for_100(self):
        """A body of 16 KiB, the most that there may be: curl sends Expect, and with the second header chunks."""
        text = (hashlib.sha512(b"x").hexdigest() * 128)[:(16 << 10) - len('{"text": ""}')]
        body = json.dumps({"text": text}).encode()
        for more in ((), ("--header", "Transfer-Encoding: chunked")):
            talk = subprocess.run(
                ["curl", "--silent", "--verbose", "--header", "Expect: 100-continue", *more, "--json", "@-", self.url], input=body, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, timeout=SAFETY)
            self.assertEqual(json.loads(talk.stdout)["text"], text)
            self.assertIn(b"< HTTP/1.1 100 Continue", talk.stderr)
        too_much = subprocess.run(
            ["curl", "--silent", "--include", "--json", "@-", self.url], input=body + b" ", stdout=subprocess.PIPE,
            check=False, timeout=SAFETY)
        self.assertIn(b"413 Content Too Large", too_much.stdout)

    def test_cpythons_client_keeps_its_connection(self):
        client = http.client.HTTPConnection(*self.address, timeout=SAFETY)
        self.addCleanup(client.close)
        for i in range(20):
            client.request("POST", "/notes", json.dumps({"text": str(i)}), JSON)
            self.assertEqual(client.getresponse().read(), b'{"id":%d,"text":"%d"}\n' % (i + 1, i))
        client.request("POST", "/notes", iter([b'{"text":', b'"in chunks"}']), encode_chunked=True,
                       headers={**JSON, "Transfer-Encoding": "chunked"})
        self.assertEqual(client.getresponse().status, 201)


class Events(Case):
    def test_come_one_after_another(self):
        process, address = self.server("http_events")
        client = self.connected(address)
        client.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        got = b""
        while got.count(b"event: seconds\n") < 2:
            got += client.recv(4096)
        self.assertRegex(got, rb"(?s)Content-Type: text/event-stream\r\n.*data: 0\n\n.*data: 1\n\n")
        client.close()
        self.assertIn(b"EventSource", curl(f"http://{address[0]}:{address[1]}/"))
        # Who still listens is told that this was all.
        client = self.connected(address)
        client.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        got = b""
        while b"data: 0\n\n" not in got:
            got += client.recv(4096)
        process.send(signal.SIGINT)
        self.assertTrue(receive_all(client).endswith(b"0\r\n\r\n"))
        client.close()
        self.assertEqual(process.rest(), (0, [], []))


class BoardPage(Case):
    def test_shows_and_switches_lights(self):
        _, address = self.server("http_board")
        url = f"http://{address[0]}:{address[1]}"
        self.assertIn(b"<h2>Lights</h2>", curl(url))
        self.assertEqual(json.loads(curl(url + "/state"))["lights"], [False] * 4)
        curl("--request", "PUT", "--data", "on", url + "/lights/2")
        self.assertEqual(json.loads(curl(url + "/state"))["lights"], [False, False, True, False])


class Https(Case):
    def certificate(self, name):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-keyout", self.key, "-out", self.certificates, "-subj", f"/CN={name}",
             "-addext", "subjectAltName=DNS:localhost"],
            check=True, timeout=SAFETY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_says_which_file_it_cannot_read(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.key, self.certificates = os.path.join(folder, "key"), os.path.join(folder, "certificates")
        self.certificate("one")
        os.truncate(self.key, 0)
        for certificates, why in ((folder + "/none", f"read {folder}/none: No such file or directory"),
                                  (folder, f"read {folder}: Is a directory"),
                                  (self.certificates, f"read {self.key}: it is empty")):
            self.assert_fails(self.program("https_server", "--certificate", certificates, "--key", self.key), 1,
                              f"error: {why}")

    def test_curl_and_our_client_check_it_and_it_changes_its_certificate(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.key, self.certificates = os.path.join(folder, "key"), os.path.join(folder, "certificates")
        self.certificate("one")
        server, (host, port) = self.server("https_server", "--certificate", self.certificates, "--key", self.key)
        url = f"https://localhost:{port}/"
        ask = ["--cacert", self.certificates, "--resolve", f"localhost:{port}:{host}"]
        for version in ("--tlsv1.2", "--tlsv1.3"):
            self.assertRegex(curl(*ask, version, "--tls-max", version[-3:], url), rb"^Hello, .*, over TLS\n")
        client = self.program("http_client", "--url", url, "--authorities", self.certificates)
        self.assertRegex(client.line(), "^Hello, .*, over TLS$")
        self.assertEqual(client.wait(), 0)
        self.assert_fails(self.program("http_client", "--url", url), 1, "permission denied")
        # OpenSSL's own way to say where the system keeps the authorities that it trusts.
        with unittest.mock.patch.dict(os.environ, {"SSL_CERT_FILE": self.certificates}):
            client = self.program("http_client", "--url", url)
        self.assertRegex(client.line(), "^Hello, .*, over TLS$")
        self.assertEqual(client.wait(), 0)
        stranger = subprocess.run(["curl", "--silent", *ask[2:], url], check=False, timeout=SAFETY)
        self.assertEqual(stranger.returncode, 60)  # curl's code for a certificate that nobody vouches for
        plain = self.connected((host, port))
        plain.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertNotIn(b"HTTP", receive_all(plain))
        self.certificate("two")
        server.send(signal.SIGHUP)
        self.assertEqual(server.line(), "the certificate was read anew")
        self.assertRegex(curl(*ask, url), rb"^Hello, ")
        with open(self.key, "w", encoding="ascii") as file:
            file.write("spoilt")
        server.send(signal.SIGHUP)
        self.assertRegex(server.line(), "^the certificate stays as it was: ")
        self.assertRegex(curl(*ask, url), rb"^Hello, ")


class Hello(Case):
    def test_greets(self):
        program = self.program("http_hello")
        url = "http://127.0.0.1:8080"
        reach(socket.AF_INET, ("127.0.0.1", 8080), program.process)
        self.assertEqual(curl(url), b"Hello, world\n")
        self.assertEqual(curl(url + "/hello/Eddy"), b"Eddy")
        client = self.connected(("127.0.0.1", 8080))
        client.sendall(b"GET / HTTP/1.1\n")
        self.assertTrue(re.match(rb"HTTP/1.1 400 Bad Request\r\n", receive_all(client)))
        idle = self.connected(("127.0.0.1", 8080))
        idle.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        got = b""
        while not got.endswith(b"Hello, world\n"):
            got += idle.recv(1000)
        self.stop(program)
        self.assertEqual(idle.recv(1), b"")
        self.assertRaises(OSError, socket.create_connection, ("127.0.0.1", 8080))


if __name__ == "__main__":
    main()
