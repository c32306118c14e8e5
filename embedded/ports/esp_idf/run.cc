// `run` in ESP-IDF's main task.
#include "net/run.h"

#include "embedded/lwip/network.h"
#include "embedded/lwip/watch.h"
#include "embedded/ports/esp_idf/loop.h"
#include "embedded/ports/esp_idf/wifi.h"
#include "embedded/ports/start.h"
#include "net/core/log.h"
#include "net/program.h"

namespace net::detail {

int run(Main& main, const RunOptions&) {
  set_log_level(LogLevel::kInfo);
  esp::begin_network();
  static esp::EspLoop loop;
  static lwip::LwipNetwork network(loop);
  static Program program(loop, network);
  lwip::watch_interfaces(network);
  esp::join_wifi();
  MainCall<Task<int>(Network&, Main&), Network&, Main&> when_up(run_when_up, network, main);
  return program.run(when_up);
}

// One loop: the other core is lwIP's and the radio's.
int run_per_core(Main& main, const RunOptions& options) { return run(main, options); }

}  // namespace net::detail
