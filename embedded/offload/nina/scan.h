// scan: which Wi-Fi networks a NINA module hears.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "embedded/offload/nina/module.h"
#include "net/core/operation.h"

namespace net::nina {

// What a network asks of whoever joins it; others have other numbers (ESP-IDF's wifi_auth_mode_t).
enum class Security : std::uint8_t {
  kOpen = 0,
  kWep = 1,
  kWpa = 2,
  kWpa2 = 3,
  kWpaOrWpa2 = 4,
  kEnterprise = 5,
  kWpa3 = 6,
  kWpa2OrWpa3 = 7,
};

// An access point.
class FoundNetwork {
 public:
  // Empty where it hides it.
  [[nodiscard]] std::string_view name() const { return {name_.data(), length_}; }

  std::array<std::byte, 6> address{};  // BSSID: IEEE 802.11's of the access point
  std::int8_t strength = 0;            // dBm: -30 is near, -90 hardly there
  std::uint8_t channel = 0;
  Security security = Security::kOpen;

 private:
  friend class Scan;
  std::uint8_t length_ = 0;
  std::array<char, 32> name_{};  // IEEE 802.11-2020, 9.4.2.2
};

// What `scan` gives to await.
class [[nodiscard("co_await it")]] Scan final : public TypedOperation<std::span<FoundNetwork>>,
                                                private Request {
 public:
  Scan(Module& module, std::span<FoundNetwork> into) : module_(&module), into_(into) { repeatable = true; }
  Scan(Scan&& other) noexcept : Scan(*other.module_, other.into_) {}

  void describe(TextBuffer& out) const override { out << "scan for Wi-Fi networks"; }
  [[nodiscard]] std::span<FoundNetwork> take() const { return into_.first(found_); }

 private:
  Progress start() override;
  void cancel() override;
  void write(Writer& out) override;
  bool read(Reader& in) override;
  void ended(Outcome outcome, std::uint8_t number) override;
  void ask(Command next);

  Module* module_;
  std::span<FoundNetwork> into_;
  std::size_t found_ = 0;
  std::size_t at_ = 0;  // whose particulars are asked for
  bool cancelled_ = false;
};

// Listens on all channels and gives the access points that it has heard, in the order in which the module
// names them, the strongest first; at most `into.size()`. One network may have several. It takes some two
// seconds, in which the module does nothing else: sockets stand still, the loop does not. A module that just
// tries to join may hear nothing.
//
// *Errors*: network_down (the module was reset), not_supported (it knows no such command). *Cancellation*:
// when the module has listened to the end, as it cannot be called off. *Lifetime*: `into` outlives the await,
// and is what is given. nina-fw, SCAN_NETWORKS and GET_IDX_….
inline Scan scan(Module& module, std::span<FoundNetwork> into) { return Scan(module, into); }

}  // namespace net::nina
