// `run` with the Pico SDK: joins the Wi-Fi network of the build, and stays in it.
#include "net/run.h"

#include <chrono>

#include <pico/cyw43_arch.h>
#include <pico/rand.h>
#include <pico/stdlib.h>

#include "embedded/lwip/core.h"
#include "embedded/lwip/network.h"
#include "embedded/lwip/watch.h"
#include "embedded/ports/pico_sdk/loop.h"
#include "embedded/ports/start.h"
#include "net/core/deadline.h"
#include "net/core/fatal.h"
#include "net/core/log.h"
#include "net/core/scope.h"
#include "net/program.h"

#ifndef EDDY_WIFI_SSID
#error "which network to join: -DEDDY_WIFI_SSID=…"
#endif
#ifndef EDDY_WIFI_PASSWORD
#define EDDY_WIFI_PASSWORD ""
#endif

namespace net::detail {
namespace {

constexpr std::string_view kPassword = EDDY_WIFI_PASSWORD;
constexpr std::chrono::seconds kPatience(30);

void join() {
  std::uint32_t security = kPassword.empty() ? CYW43_AUTH_OPEN : CYW43_AUTH_WPA2_MIXED_PSK;
  if (cyw43_arch_wifi_connect_async(EDDY_WIFI_SSID, kPassword.empty() ? nullptr : kPassword.data(), security) !=
      0)
    log(LogLevel::kWarn, "the radio does not take the name or password of the network");
}

// The radio tells of what it lost, and joins again only when it is told to.
Task<> stay_joined(Network& network) {
  for (;;) {
    join();
    auto waiting = timeout(kPatience, network.up());
    auto joined = co_await result(waiting);
    if (!joined) {
      log(LogLevel::kWarn, "cannot join " EDDY_WIFI_SSID ", trying again");
      continue;
    }
    co_await network.down();
    log(LogLevel::kWarn, "the network is down");
  }
}

Task<int> stay_joined_while(Network& network, Main& main) {
  int status = 0;
  co_await scope([&network, &main, &status](Scope& scope) -> Task<> {
    scope.spawn(stay_joined, std::ref(network));
    status = co_await run_when_up(network, main);
    scope.cancel();
  });
  co_return status;
}

}  // namespace

int run(Main& main, const RunOptions&) {
  stdio_init_all();
  set_log_level(LogLevel::kInfo);
  if (cyw43_arch_init() != 0) {
    write_line("error", "the radio does not answer");
    return 1;
  }
  cyw43_arch_enable_sta_mode();
  static pico::PicoLoop loop;
  static lwip::LwipNetwork network(loop);
  static Program program(loop, network);
  lwip::watch_interfaces(network);
  MainCall<Task<int>(Network&, Main&), Network&, Main&> joined(stay_joined_while, network, main);
  return program.run(joined);
}

// The other core is the program's own.
int run_per_core(Main& main, const RunOptions& options) { return run(main, options); }

}  // namespace net::detail

// Of the SDK's generator, which the ring oscillator and the bus feed.
extern "C" unsigned int net_lwip_random() { return get_rand_32(); }

#ifdef NET_LWIP_LOCK
extern "C" void net_lwip_lock() { cyw43_arch_lwip_begin(); }
extern "C" void net_lwip_unlock() { cyw43_arch_lwip_end(); }
#endif
