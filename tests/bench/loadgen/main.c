// load: the load generator of the benchmarks. `load MODE --port=N [options]`; prints one line,
// `result key=value …`, and ends with 0 only if every answer was right.
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/loadgen/common.h"

enum { kMaxSeconds = 300 };

static double number(const char* text, double least, double most) {
  char* end;
  const double value = strtod(text, &end);
  if (end == text || *end != '\0' || !(value >= least && value <= most)) die("bad number: %s", text);
  return value;
}

static void usage(void) {
  die("usage: load tcp|udp|http|websocket|broadcast|churn|idle|http_idle --port=N [--connections=N] "
      "[--size=BYTES] "
      "[--flight=N] "
      "[--path=PATH]\n"
      "  [--warm-up=SECONDS] [--seconds=SECONDS | --requests=N] [--server-pid=PID] [--verify] [--sleep] "
      "[--slow] [--vary]");
}

static struct options parse(int argc, char** argv) {
  struct options options = {
      .connections = 1, .size = 64, .flight = 1, .path = "/", .warm_up = 0.1, .seconds = 1};
  static const struct option names[] = {
      {"port", required_argument, NULL, 'p'},     {"connections", required_argument, NULL, 'c'},
      {"size", required_argument, NULL, 'b'},     {"flight", required_argument, NULL, 'f'},
      {"warm-up", required_argument, NULL, 'w'},  {"seconds", required_argument, NULL, 's'},
      {"requests", required_argument, NULL, 'r'}, {"server-pid", required_argument, NULL, 'i'},
      {"verify", no_argument, NULL, 'v'},         {"sleep", no_argument, NULL, 'n'},
      {"slow", no_argument, NULL, 'l'},           {"path", required_argument, NULL, 'a'},
      {"vary", no_argument, NULL, 'y'},           {NULL, 0, NULL, 0},
  };
  int name;
  while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
    switch (name) {
      case 'p': options.port = (uint16_t)number(optarg, 1, 65535); break;
      case 'c': options.connections = (size_t)number(optarg, 1, 100000); break;
      case 'b': options.size = (size_t)number(optarg, 1, 1 << 24); break;
      case 'f': options.flight = (size_t)number(optarg, 1, 256); break;
      case 'w': options.warm_up = number(optarg, 0, kMaxSeconds); break;
      case 's': options.seconds = number(optarg, 0, kMaxSeconds); break;
      case 'r': options.requests = (uint64_t)number(optarg, 1, 1e12); break;
      case 'i': options.server_pid = (pid_t)number(optarg, 1, 1 << 30); break;
      case 'v': options.verify = true; break;
      case 'n': options.sleep = true; break;
      case 'l': options.slow = true; break;
      case 'a': options.path = optarg; break;
      case 'y': options.vary = true; break;
      default: usage();
    }
  }
  if (optind + 1 != argc || options.port == 0) usage();
  options.mode = argv[optind];
  return options;
}

int main(int argc, char** argv) {
  const struct options options = parse(argc, argv);
  alarm(2 * kMaxSeconds + 60);  // whatever happens, this process ends
  static const struct {
    const char* name;
    void (*run)(const struct options*);
  } modes[] = {{"tcp", run_tcp},
               {"udp", run_udp},
               {"http", run_http},
               {"websocket", run_http},
               {"broadcast", run_broadcast},
               {"churn", run_churn},
               {"idle", run_idle},
               {"http_idle", run_idle}};
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; ++i) {
    if (strcmp(options.mode, modes[i].name) == 0) {
      modes[i].run(&options);
      return 0;
    }
  }
  usage();
}
