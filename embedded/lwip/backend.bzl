"""The backend over one build of lwIP."""

load("@rules_cc//cc:defs.bzl", "cc_library")

_FILES = [
    "address",
    "connect",
    "datagram",
    "inbox",
    "listener",
    "name_servers",
    "network",
    "open_sockets",
    "stream",
]
_HEADERS = [
    "address",
    "core",
    "datagram",
    "name_servers",
    "network",
    "notifier",
    "open_sockets",
    "ports",
    "stream",
]

def lwip_backend(name, stack, srcs = [], hdrs = [], deps = [], copts = []):
    """Sockets over lwIP as `stack` is configured.

    Args:
      name: the library.
      stack: lwIP, with its options and headers.
      srcs: what else belongs to it.
      hdrs: as `srcs`.
      deps: of those.
      copts: of all.
    """
    cc_library(
        name = name,
        srcs = ["//embedded/lwip:%s.cc" % each for each in _FILES] + srcs,
        hdrs = ["//embedded/lwip:%s.h" % each for each in _HEADERS] + hdrs,
        copts = copts,
        # lwIP calls back into it.
        alwayslink = True,
        deps = [
            stack,
            "//net/core",
            "//net/io",
        ] + deps,
    )
