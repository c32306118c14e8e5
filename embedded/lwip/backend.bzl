"""The backend over one build of lwIP."""

load("@rules_cc//cc:defs.bzl", "cc_library")

_FILES = [
    "address",
    "datagram",
    "listener",
    "name_servers",
    "network",
    "stream",
]

def lwip_backend(name, stack, srcs = [], hdrs = [], deps = []):
    """Sockets over lwIP as `stack` is configured.

    Args:
      name: the library.
      stack: lwIP, with its options and headers.
      srcs: what else belongs to it.
      hdrs: as `srcs`.
      deps: of those.
    """
    cc_library(
        name = name,
        srcs = ["//embedded/lwip:%s.cc" % each for each in _FILES + ["inbox"]] + srcs,
        hdrs = ["//embedded/lwip:%s.h" % each for each in _FILES + ["core", "notifier"]] + hdrs,
        # lwIP calls back into it.
        alwayslink = True,
        deps = [
            stack,
            "//net/core",
            "//net/io",
        ] + deps,
    )
