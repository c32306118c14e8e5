// Station: joins a Wi-Fi network, and tells when this host has become a part of it, and when it is none any
// more.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "embedded/offload/ip.h"
#include "embedded/offload/nina/module.h"
#include "embedded/offload/nina/trouble.h"

namespace net::nina {

using offload::Ip;
using offload::kNoIp;

// *Lifetime*: the texts', of whoever has them.
class Settings {
 public:
  std::string_view name;        // of the Wi-Fi, up to 32 bytes
  std::string_view passphrase;  // of WPA2, up to 64 bytes; empty: the network is open
  // Without an address there is DHCP.
  Ip address{};
  Ip subnet{};
  Ip gateway{};
  Times times;

  constexpr Settings() {}  // NOLINT: no aggregate, which g++ 12 destroys twice in awaits
};

// The firmware joins again by itself after most losses; after ten seconds, or where it does not, it is told to.
class Station final : private Request, private Timer {
 public:
  class Owner {
   public:
    // There is an address.
    virtual void joined() = 0;
    // It is gone: of the module's sockets those that are connected, too.
    virtual void left() = 0;
    // The module has reset itself.
    virtual void was_restarted() = 0;

   protected:
    ~Owner() = default;
  };

  Station(Module& module, Owner& owner, const Settings& settings);
  ~Station() { Timers::stop(*this); }

  // The module has been reset.
  void begin();
  // Asks how things are, earlier than it would.
  void look();

  // Why there is no address, as far as the module has told; it goes on trying. `kNone` as soon as there is one.
  [[nodiscard]] const Trouble& trouble() const { return trouble_; }
  // Those of now, or of last time.
  [[nodiscard]] const Ip& address() const { return address_; }
  [[nodiscard]] const Ip& subnet() const { return subnet_; }
  [[nodiscard]] const std::array<Ip, 2>& name_servers() const { return name_servers_; }

 private:
  void write(Writer& out) override;
  bool read(Reader& in) override;
  void ended(Outcome outcome, std::uint8_t number) override;
  void ask(Command what);
  void join();
  void look_later(Duration after);
  void judge();
  void go_on();
  void explain(const Trouble& trouble);

  Module& module_;
  Owner& owner_;
  Settings settings_;
  Ip address_{};
  Ip subnet_{};
  std::array<Ip, 2> name_servers_{};
  Trouble trouble_;
  std::uint8_t status_ = 0;
  std::uint8_t reason_ = 0;
  std::uint8_t looks_ = 0;  // since it was told to join
  bool asking_ = false;
  bool up_ = false;
  bool lost_ = false;  // just now
};

}  // namespace net::nina
