// Trouble: why a NINA module is no part of its Wi-Fi.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/text.h"

namespace net::nina {

class Trouble {
 public:
  enum class Kind : std::uint8_t {
    kNone,             // it has joined, or has not tried yet
    kNoSuchNetwork,    // nobody of this name is heard
    kWrongPassphrase,  // or none that the access point could make out
    kIsSecured,        // the network wants a passphrase, or security that the module has not
    kIsOpen,           // the network wants none, or is secured less than one asks for
    kOutOfRange,       // the access point is heard no more
    kNoAddress,        // it has joined, and DHCP gives none
    kSentAway,         // the access point has ended it, for `reason`
  };

  constexpr Trouble() = default;
  // Of what GET_REASON_CODE tells: IEEE 802.11-2020, 9.4.1.7, and from 200 on ESP-IDF's own
  // (wifi_err_reason_t).
  explicit Trouble(std::uint8_t reason);
  constexpr Trouble(Kind kind, std::uint8_t reason) : kind_(kind), reason_(reason) {}

  [[nodiscard]] Kind kind() const { return kind_; }
  // The number behind it; 0 if there is none.
  [[nodiscard]] std::uint8_t reason() const { return reason_; }
  [[nodiscard]] explicit operator bool() const { return kind_ != Kind::kNone; }
  friend bool operator==(const Trouble&, const Trouble&) = default;

 private:
  Kind kind_ = Kind::kNone;
  std::uint8_t reason_ = 0;
};

// "wrong passphrase"; "sent away by the access point (reason 8)".
TextBuffer& operator<<(TextBuffer& out, const Trouble& trouble);

}  // namespace net::nina
