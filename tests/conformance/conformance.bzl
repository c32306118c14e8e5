"""The conformance suite for one pair of backends: a test for each topic."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

TOPICS = [
    "cancel",
    "close_reset",
    "connect",
    "datagram",
    "endpoints",
    "limits",
    "listen_accept",
    "multicast",
    "names",
    "options",
    "stream_read",
    "stream_write",
]

# Boards that are sides of pairs (pair_test.py).
AGENTS = [
    "mps2-an385",
    "nano-rp2040-connect",
    "w5500-evb-pico",
    "w5500-evb-pico-lwip",
]

def conformance_topics():
    """Compiles the rows once, for all pairs."""
    for topic in TOPICS:
        cc_library(
            name = topic,
            testonly = True,
            srcs = [topic + "_test.cc"],
            alwayslink = True,
            deps = [
                ":suite",
                "//net/core",
                "//net/io",
                "@googletest//:gtest",
            ],
        )

def conformance_suite(name, worlds, tags = [], topic_tags = {}, topics = TOPICS):
    """Runs every topic, or those that the worlds have.

    Args:
      name: tests are called <name>_<topic>_test.
      worlds: a library that defines net::conformance::worlds().
      tags: of all tests.
      topic_tags: further ones of a topic.
      topics: of which the worlds have rows.
    """
    for topic in topics:
        cc_test(
            name = "%s_%s_test" % (name, topic),
            size = "small",
            tags = tags + topic_tags.get(topic, []),
            deps = [
                ":" + topic,
                worlds,
                "@googletest//:gtest_main",
            ],
        )

def conformance_program(name, worlds, deps = [], **kwargs):
    """One program with every topic.

    Args:
      name: of the program.
      worlds: a library that defines net::conformance::worlds().
      deps: further libraries.
      **kwargs: of cc_binary.
    """
    cc_binary(
        name = name,
        testonly = True,
        deps = deps + [":" + topic for topic in TOPICS] + [
            worlds,
            "@googletest//:gtest_main",
        ],
        **kwargs
    )
