#!/usr/bin/env python3
"""http_client and servers that others wrote: nginx, CPython's http.server and wsgiref."""

import http.server
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import wsgiref.simple_server

from certificates import Certificates
from harness import ANY_TIME, EXAMPLES, SAFETY, Case, main, receive_exactly
from web_servers import QuietApplication, QuietFiles, running

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CONFIGURATION = """
user {user};
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    default_type text/plain;
    absolute_redirect off;
    location /chunked/ {{ ssi on; ssi_types text/plain; alias {folder}/files/; }}
    location = /moved {{ return 301 /large; }}
    location = /away {{ return 302 http://127.0.0.1:{port}/chunked/page; }}
    location = /same {{ return 307 /stored/same; }}
    location = /round {{ return 302 /round; }}
    location /stored/ {{ dav_methods PUT; create_full_put_path on; alias {folder}/stored/; }}
    location /secret/ {{ auth_basic "here"; auth_basic_user_file {folder}/users; alias {folder}/files/; }}
    location = /closing {{ keepalive_timeout 0; return 200 "closed"; }}
    location = /empty {{ return 204; }}
  }}
  server {{
    listen 127.0.0.1:{secure_port} ssl;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    root {folder}/files;
    default_type text/plain;
    location = /plain {{ return 302 http://127.0.0.1:{port}/page; }}
  }}
}}
"""


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):  # a client that has seen enough
        pass


class Client(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        os.chmod(self.folder, 0o755)

    def ask(self, url, *arguments):
        """The body."""
        return self.printed(0, url, *arguments)

    def printed(self, expected, url, *arguments):
        """The body, of an answer that is none of success with its status line before it."""
        program = self.program("http_client", "--url", url, *arguments, *ANY_TIME)
        status, lines, errors = program.rest()
        self.assertEqual((status, errors), (expected, []), program.command)
        return "\n".join(lines)

    def download(self, url, *arguments):
        path = self.folder / "downloaded"
        printed = self.ask(url, "--output", path, *arguments)
        size = path.stat().st_size
        self.assertTrue(printed.endswith(f"{size} bytes in {path}"), printed[-100:])
        self.assertIn("100%" if "chunked" not in url else "KiB", printed)
        return path.read_bytes()

    def refused(self, url, *parts, arguments=()):
        self.assert_fails(self.program("http_client", "--url", url, *arguments, *ANY_TIME), 1, *parts)


class Nginx(Client):
    def setUp(self):
        super().setUp()
        # nginx keeps a "<" at the very end back, as the beginning of an inclusion (ssi).
        self.large = os.urandom(300_000) + b"."
        for name in ("files", "stored"):
            (self.folder / name).mkdir()
        (self.folder / "files" / "large").write_bytes(self.large)
        (self.folder / "files" / "page").write_text("a page\n", encoding="ascii")
        (self.folder / "users").write_text("Aladdin:{PLAIN}open sesame\n", encoding="ascii")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=nginx", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.folder / "key.pem", "-out", self.folder / "certificate.pem"],
                       check=True, capture_output=True, timeout=SAFETY)
        # It takes over sockets that listen already, so that the system chooses the ports.
        listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        for listener in listeners:
            self.addCleanup(listener.close)
            listener.setblocking(False)
        port, secure_port = (listener.getsockname()[1] for listener in listeners)
        self.url = f"http://127.0.0.1:{port}"
        self.secure_url = f"https://127.0.0.1:{secure_port}"
        self.trust = ("--authorities", self.folder / "certificate.pem")
        configuration = self.folder / "nginx.conf"
        user = pwd.getpwuid(os.getuid()).pw_name
        configuration.write_text(CONFIGURATION.format(
            user=user, folder=self.folder, port=port, secure_port=secure_port), encoding="ascii")
        command = [NGINX, "-e", str(self.folder / "error.log"), "-p", str(self.folder), "-c", str(configuration)]
        # pylint: disable=consider-using-with  # ended below
        nginx = subprocess.Popen(command, pass_fds=[each.fileno() for each in listeners],
                                 env={**os.environ, "NGINX": "".join(f"{each.fileno()};" for each in listeners)})
        self.addCleanup(nginx.wait, SAFETY)
        self.addCleanup(nginx.terminate)

    def log(self):
        return (self.folder / "access.log").read_text(encoding="ascii")

    def test_files(self):
        self.assertEqual(self.ask(self.url + "/page"), "a page")
        self.assertEqual(self.download(self.url + "/large"), self.large)
        answer = self.ask(self.url + "/page", "--header").splitlines()
        self.assertEqual(answer[0], "HTTP/1.1 200 OK")
        self.assertIn("Content-Length: 7", answer)
        self.assertEqual(answer[-2:], ["", "a page"])
        self.assertTrue(self.printed(1, self.url + "/none").startswith("HTTP/1.1 404 Not Found\n<html>"))
        head = self.ask(self.url + "/page", "--method", "HEAD", "--header")
        self.assertTrue("Content-Length: 7\n" in head and head.endswith("\n"), head)

    def test_chunks(self):
        self.assertIn("Transfer-Encoding: chunked", self.ask(self.url + "/chunked/page", "--header"))
        self.assertEqual(self.download(self.url + "/chunked/large"), self.large)

    def test_redirects(self):
        self.assertEqual(self.download(self.url + "/moved"), self.large)
        self.assertIn("Transfer-Encoding: chunked\n", self.ask(self.url + "/away", "--header"))
        self.refused(self.url + "/round", "redirect", "too many", "limit exceeded")

    def test_upload(self):
        self.ask(self.url + "/stored/a/b", "--method", "PUT", "--data", "content")
        self.assertEqual((self.folder / "stored" / "a" / "b").read_text(encoding="ascii"), "content")
        self.ask(self.url + "/same", "--method", "PUT", "--data", "again")
        self.assertEqual((self.folder / "stored" / "same").read_text(encoding="ascii"), "again")

    def test_credentials(self):
        self.assertIn(" 401 ", self.printed(1, self.url + "/secret/page"))
        self.assertIn(" 401 ", self.printed(1, self.url + "/secret/page", "--user", "Aladdin:wrong"))
        self.assert_fails(self.program("http_client", "--url", self.url, "--user", "Aladdin"), 2,
                          "--user: not user:password")
        self.assertEqual(self.ask(self.url + "/secret/page", "--user", "Aladdin:open sesame"), "a page")

    def test_https(self):
        self.assertEqual(self.ask(self.secure_url + "/page", *self.trust), "a page")
        self.assertEqual(self.download(self.secure_url + "/large", *self.trust), self.large)
        self.refused(self.secure_url + "/page", "TLS https://127.0.0.1:", "(self-signed certificate)", "permission denied")
        self.refused(self.secure_url.replace("127.0.0.1", "localhost") + "/page", "TLS https://localhost:",
                     "permission denied", arguments=self.trust)
        self.refused(self.secure_url + "/plain", "redirect https://127.0.0.1:", "permission denied",
                     arguments=self.trust)

    def test_https_through_a_proxy(self):
        proxy = self.bound()

        def carry(source, target):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

        def serve():
            client, _ = proxy.accept()
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            address = head.split()[1].decode()
            host, _, port = address.rpartition(":")
            with client, socket.create_connection((host, int(port)), timeout=SAFETY) as server:
                client.settimeout(SAFETY)
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = self.peer(carry, server, client)
                carry(client, server)
                back.result()
            return address

        peer = self.peer(serve)
        through = ("--proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        self.assertEqual(self.download(self.secure_url + "/large", *self.trust, *through), self.large)
        self.assertEqual(f"https://{peer.result()}", self.secure_url)

    def test_other_ends(self):
        self.assertEqual(self.ask(self.url + "/closing"), "closed")
        self.assertEqual(self.ask(self.url + "/empty"), "")
        self.assertEqual(self.printed(1, self.url + "?a=b#c")[:12], "HTTP/1.1 403")
        self.assertIn('"GET /?a=b HTTP/1.1" 403', self.log())


class Python(Client):
    def test_files(self):
        content = os.urandom(300_000)
        (self.folder / "large").write_bytes(content)
        (self.folder / "b").mkdir()
        (self.folder / "b" / "index.html").write_text("index\n", encoding="ascii")

        def handler(*arguments):
            return QuietFiles(*arguments, directory=self.folder)

        with running(QuietServer(("127.0.0.1", 0), handler)) as port:
            url = f"http://127.0.0.1:{port}"
            self.assertEqual(self.download(url + "/large"), content)
            self.assertEqual(self.ask(url + "/b"), "index")  # by a redirect to /b/
            self.assertIn("404 File not found", self.printed(1, url + "/none"))
            self.assertIn(" 501 ", self.printed(1, url + "/", "--data", "x"))

    def test_application(self):
        def application(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "CONTENT_TYPE", "HTTP_AUTHORIZATION")
            return ["\n".join(environ[name] for name in names).encode(), b"\n", body]

        server = wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=QuietApplication)
        with running(server) as port:
            body = self.ask(f"http://127.0.0.1:{port}/led/on?bright=1", "--data", '{"a": 1}', "--type",
                            "application/json", "--bearer", "a-token")
            self.assertEqual(body.splitlines(), ["POST", "/led/on", "bright=1", f"127.0.0.1:{port}",
                                                 "application/json", "Bearer a-token", '{"a": 1}'])

    def test_proxy(self):
        proxy = self.bound()
        port = proxy.getsockname()[1]
        expected = b"GET http://host.example/a HTTP/1.1\r\nHost: host.example\r\nUser-Agent: eddy\r\n\r\n"

        def serve():
            connection, _ = proxy.accept()
            with connection:
                request = receive_exactly(connection, len(expected))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere")
            return request

        peer = self.peer(serve)
        self.assertEqual(self.ask("http://host.example/a", "--proxy", f"http://127.0.0.1:{port}"), "here")
        self.assertEqual(peer.result(), expected)

    def test_failures(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        url = f"http://127.0.0.1:{port}/a"
        self.refused(url, f"connect {url}", "connection refused")
        self.refused("http://a@b/", "a user before the host")
        self.refused("ftp://b/", "neither http:// nor https://")
        secure = f"https://127.0.0.1:{port}/"
        self.refused(secure, f"connect {secure}", "connection refused")

    def test_no_file_of_what_is_none(self):
        kept, link = self.folder / "kept", self.folder / "link"
        kept.write_text("old", encoding="ascii")
        link.symlink_to(kept)

        def handler(*arguments):
            return QuietFiles(*arguments, directory=self.folder)

        with running(QuietServer(("127.0.0.1", 0), handler)) as port:
            self.assertIn("404 File not found", self.printed(1, f"http://127.0.0.1:{port}/none", "--output", kept))
            self.assertEqual(kept.read_text(encoding="ascii"), "old")
            (self.folder / "new").write_text("new", encoding="ascii")
            self.ask(f"http://127.0.0.1:{port}/new", "--output", link)
        self.assertEqual(kept.read_text(encoding="ascii"), "new")
        self.assertEqual({each.name for each in self.folder.iterdir()}, {"kept", "link", "new"})

    @contextlib.contextmanager
    def half_a_download(self, path):
        """A program that has half of what it keeps there, its URL, and what it has printed."""
        listener = self.bound()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        command = [os.path.join(EXAMPLES, "http_client"), "--url", url, "--output", path, *ANY_TIME]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as program:
            self.addCleanup(program.kill)
            connection, _ = listener.accept()
            with connection:
                while not connection.recv(4096).endswith(b"\r\n\r\n"):
                    pass
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + bytes(50000))
                printed = b""
                while not printed.endswith(b" 50%"):
                    more = program.stdout.read1()
                    self.assertTrue(more, printed)
                    printed += more
                yield program, connection, url

    def interrupted_download(self, path):
        with self.half_a_download(path) as (program, _, _):
            program.send_signal(signal.SIGINT)
            self.assertEqual(program.communicate(timeout=SAFETY)[0], b"\nerror: interrupted\n")
            self.assertEqual(program.returncode, 1)

    def test_interrupted(self):
        self.interrupted_download(self.folder / "new")
        self.assertEqual(list(self.folder.iterdir()), [])
        kept = self.folder / "kept"
        kept.write_text("old", encoding="ascii")
        self.interrupted_download(kept)
        self.assertEqual(list(self.folder.iterdir()), [kept])
        self.assertEqual(kept.read_text(encoding="ascii"), "old")

    def test_failure_below_the_bar(self):
        with self.half_a_download(self.folder / "new") as (program, connection, url):
            connection.close()
            rest = program.communicate(timeout=SAFETY)[0].decode()
        self.assertEqual(rest, f"\nerror: body {url}: end of stream\n")

    def test_full_disk(self):
        (self.folder / "large").write_bytes(bytes(300_000))

        def handler(*arguments):
            return QuietFiles(*arguments, directory=self.folder)

        with running(QuietServer(("127.0.0.1", 0), handler)) as port:
            url = f"http://127.0.0.1:{port}/large"
            self.refused(url, "write to /dev/full (No space left on device)", arguments=("--output", "/dev/full"))
            there = self.folder / "none" / "x"
            self.refused(url, f"open {there} (No such file or directory)", arguments=("--output", there))


class WrongCertificates(Client):
    """`openssl s_server` that nobody should trust: what is wrong is told, with the whole URL."""

    PATH = "/a/path/of/some/length/so/that/an/error/has/no/room/for/all/of/it"

    def setUp(self):
        super().setUp()
        self.certificates = Certificates(self.folder)
        self.trust = ("--authorities", self.certificates.authority[0])

    def serve(self, chain, key, *options):
        """The URL of a page."""
        # pylint: disable=consider-using-with  # ended here
        server = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", chain, "-key", key, "-www", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, SAFETY)
        self.addCleanup(server.kill)
        for line in server.stdout:
            if found := re.search(r"ACCEPT \S*:(\d+)", line):
                return f"https://127.0.0.1:{found[1]}{self.PATH}"
        return self.fail("openssl s_server does not listen")

    def told(self, url, reason, code="permission denied", arguments=None):
        program = self.program("http_client", "--url", url, *(arguments or self.trust), *ANY_TIME)
        self.assertEqual(program.rest(), (1, [], [f"error: TLS {url} ({reason}): {code}"]))

    def test_right(self):
        self.assertIn("200 ok", self.ask(self.serve(*self.certificates.server), "--header", *self.trust))

    def test_expired(self):
        names = "subjectAltName=IP:127.0.0.1"
        self.told(self.serve(*self.certificates.issue("expired", names, days=-1)), "certificate has expired")

    def test_wrong_host(self):
        named = self.certificates.issue("other", "subjectAltName=DNS:other.example")
        self.told(self.serve(*named), "IP address mismatch")
        url = self.serve(*named).replace("127.0.0.1", "localhost")
        self.told(url, "hostname mismatch")

    def test_self_signed(self):
        own = self.certificates.make("own", "-addext", "subjectAltName=IP:127.0.0.1")
        self.told(self.serve(*own), "self-signed certificate")

    def test_unknown_authority(self):
        self.told(self.serve(*self.certificates.server), "unable to get local issuer certificate",
                  arguments=("--authorities", self.certificates.make("stranger")[0]))
        self.told(self.serve(*self.certificates.server, "-cert_chain", self.certificates.authority[0]),
                  "self-signed certificate in certificate chain",
                  arguments=("--authorities", self.certificates.make("stranger")[0]))

    def test_no_common_version(self):
        url = self.serve(*self.certificates.server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
        self.told(url, "tlsv1 alert protocol version", "protocol error")

    def test_no_tls(self):
        listener = self.bound()

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        peer = self.peer(serve)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}{self.PATH}"
        self.told(url, "wrong version number", "protocol error")
        peer.result()


if __name__ == "__main__":
    main()
