#!/usr/bin/env -S python3 -B
"""Becomes nginx with nginx_http.conf. `nginx_http.py FILE [CERTIFICATES KEY]`; its other files lie beside FILE. nginx takes over a socket
that listens already, as from an nginx that is replaced, so that the system can choose the port."""

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import socket
import sys

PR_SET_PDEATHSIG = 1


def main():
    file = pathlib.Path(sys.argv[1]).resolve()
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    port = listener.getsockname()[1]
    listener.setblocking(False)
    os.set_inheritable(listener.fileno(), True)
    os.environ["NGINX"] = f"{listener.fileno()};"
    folder = file.parent / f"nginx-{port}"
    folder.mkdir(exist_ok=True)  # the system gives a port again
    template = pathlib.Path(__file__).with_name("nginx_http.conf").read_text(encoding="utf-8")
    configuration = folder / "nginx.conf"
    user = pwd.getpwuid(os.getuid()).pw_name
    secure = len(sys.argv) == 4
    certificate = "ssl_certificate {}; ssl_certificate_key {};".format(*sys.argv[2:]) if secure else ""
    filled = template.format(user=user, folder=folder, port=port, file=file, ssl=" ssl" if secure else "",
                             certificate=certificate)
    configuration.write_text(filled, encoding="utf-8")
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # it ends with the driver, whatever becomes of that
    print(f"port {port}", flush=True)
    os.execv(nginx, [nginx, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(configuration)])


if __name__ == "__main__":
    main()
