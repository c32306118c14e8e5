"""The HTTP servers that are compared, what they serve, and whether they serve it."""

import contextlib
import os
import pathlib
import random
import re
import socket
import ssl
import subprocess
import tempfile

import processes

FILE_SIZE = 10 * 1024
DATE = re.compile(rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT")


def content():
    """Of the static file: no text that anybody would compress, the same in every run."""
    return random.Random(1).randbytes(FILE_SIZE)


# Path: media type and body.
ANSWERS = {
    "/plaintext": (b"text/plain", b"Hello, World!"),
    "/json": (b"application/json", b'{"message":"Hello, World!"}'),
    "/file": (b"application/octet-stream", content()),
}


@contextlib.contextmanager
def folder_with_file():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR")) as folder:
        file = pathlib.Path(folder, "file")
        file.write_bytes(content())
        yield str(file)


@contextlib.contextmanager
def servers():
    """All of them, the base of the ratios first, with the file that they serve."""
    with folder_with_file() as file:
        yield (
            processes.Server("nginx", "peers/nginx_http.py", (file,), worker=True),
            processes.Server("epoll", "epoll_http", (file,)),
            processes.Server("beast", "beast_http", (file,)),
            processes.Server("node", "peers/node_http.js", (file,)),
            processes.Server("eddy", "eddy_http", (file,)),
        )


@contextlib.contextmanager
def secure_servers():
    """Those with TLS, all with one certificate, ECDSA on P-256."""
    with folder_with_file() as file:
        folder = pathlib.Path(file).parent
        paths = (str(folder / "certificate.pem"), str(folder / "key.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
        yield (
            processes.Server("nginx", "peers/nginx_http.py", (file, *paths), worker=True),
            processes.Server("eddy", "eddy_http", (file, *paths)),
        )


def request(path, port):
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n".encode()


def check(server):
    """Asks for everything, one at a time and pipelined, over one connection, and raises Failure unless each answer is
    what it should be: its status, type, length, date, and every byte of its body."""
    with processes.Running(server) as running, contextlib.ExitStack() as stack:
        peer = stack.enter_context(socket.create_connection(("127.0.0.1", int(running.port)), processes.PATIENCE))
        if len(server.arguments) == 3:
            context = ssl.create_default_context(cafile=server.arguments[1])
            peer = stack.enter_context(context.wrap_socket(peer, server_hostname="127.0.0.1"))
        source = stack.enter_context(peer.makefile("rb"))
        for path in ANSWERS:
            peer.sendall(request(path, running.port))
            check_answer(server, path, source)
        paths = [*ANSWERS] * 6
        peer.sendall(b"".join(request(path, running.port) for path in paths))
        for path in paths:
            check_answer(server, path, source)


def check_answer(server, path, source):
    kind, body = ANSWERS[path]
    status = source.readline()
    fields = {}
    while line := source.readline().strip():
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip()

    def expect(what, found, good):
        if not good:
            raise processes.Failure(f"{server.name}: {what} of {path} is {found!r}")

    expect("the status", status, status.startswith(b"HTTP/1.1 200 "))
    type_ = fields.get(b"content-type", b"").partition(b";")[0]
    expect("the type", type_, type_ == kind)
    expect("the length", fields.get(b"content-length"), fields.get(b"content-length") == str(len(body)).encode())
    expect("the date", fields.get(b"date"), DATE.fullmatch(fields.get(b"date", b"")))
    expect("the connection", fields.get(b"connection"), fields.get(b"connection", b"").lower() in (b"", b"keep-alive"))
    received = source.read(len(body))
    expect("the body", received[:60], received == body)
