#include "embedded/offload/nina/trouble.h"

namespace net::nina {
namespace {

using Kind = Trouble::Kind;

// Before anything has been tried it is 1.
constexpr std::uint8_t kUnspecified = 1;

Kind kind_of(std::uint8_t reason) {
  switch (reason) {
    case kUnspecified: return Kind::kNone;
    case 15:   // the handshake of four messages was not ended
    case 202:  // WIFI_REASON_AUTH_FAIL
    case 204:  // WIFI_REASON_HANDSHAKE_TIMEOUT
      return Kind::kWrongPassphrase;
    case 200: return Kind::kOutOfRange;     // WIFI_REASON_BEACON_TIMEOUT
    case 201:                               // WIFI_REASON_NO_AP_FOUND
    case 212: return Kind::kNoSuchNetwork;  // …_IN_RSSI_THRESHOLD
    case 210: return Kind::kIsSecured;      // …_W_COMPATIBLE_SECURITY
    case 211: return Kind::kIsOpen;         // …_IN_AUTHMODE_THRESHOLD
    default: return Kind::kSentAway;
  }
}

}  // namespace

Trouble::Trouble(std::uint8_t reason) : kind_(kind_of(reason)), reason_(kind_ == Kind::kNone ? 0 : reason) {}

TextBuffer& operator<<(TextBuffer& out, const Trouble& trouble) {
  switch (trouble.kind()) {
    case Kind::kNone: return out << "no trouble";
    case Kind::kNoSuchNetwork: return out << "no such network";
    case Kind::kWrongPassphrase: return out << "wrong passphrase";
    case Kind::kIsSecured: return out << "it wants a passphrase, or other security";
    case Kind::kIsOpen: return out << "it wants no passphrase, or one of weaker security";
    case Kind::kOutOfRange: return out << "out of range";
    case Kind::kNoAddress: return out << "no address by DHCP";
    case Kind::kSentAway: break;
  }
  return out << "sent away by the access point (reason " << std::uint32_t{trouble.reason()} << ')';
}

}  // namespace net::nina
