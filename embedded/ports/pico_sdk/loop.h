// PicoLoop: a loop beside the SDK's radio and lwIP, in either of their modes.
#pragma once

#include <atomic>

#include <pico/cyw43_arch.h>

#include "net/core/loop.h"

namespace net::pico {

// With pico_cyw43_arch_lwip_poll it drives them; with pico_cyw43_arch_lwip_threadsafe_background they are
// driven by interrupts. `post` works from interrupts and from the other core. *Lifetime*: after
// cyw43_arch_init.
class PicoLoop final : public Loop {
 public:
  PicoLoop();
  TimePoint now() override;

 protected:
  TimePoint poll(TimePoint until) override;
  void interrupt() override;

 private:
#if PICO_CYW43_ARCH_POLL
  async_when_pending_worker_t worker_{};
#else
  std::atomic<bool> interrupted_{false};
#endif
};

}  // namespace net::pico
