#!/usr/bin/env -S python3 -B
"""All that is compared of HTTP's servers: requests over kept connections, TLS, WebSocket, and the memory of idle connections.
With --cells, --servers or --generator: the requests alone, of which these choose."""

import sys

import compare
import http_requests
import https_requests
import memory
import websocket

CHOICES = ("--cells", "--servers", "--generator", "--vary", "--help", "-h")


def run(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    if any(argument.startswith(CHOICES) for argument in arguments):
        return http_requests.run(arguments)
    rows = []
    for part in (http_requests, https_requests, websocket):
        rows += part.run(arguments)
    return rows + memory.run(["--http"])


if __name__ == "__main__":
    compare.run_main(run)
