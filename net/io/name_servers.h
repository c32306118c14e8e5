// NameServers: whom a host asks for names, as a backend implements it whose stack does not look them up itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "net/io/address.h"

namespace net {

// A few places, asked in their order; net/dns asks. *Lifetime*: the network's.
class NameServers {
 public:
  static constexpr std::size_t kPlaces = 3;
  static constexpr std::uint16_t kPort = 53;

  NameServers(const NameServers&) = delete;
  NameServers& operator=(const NameServers&) = delete;

  // Not valid where the place is empty.
  [[nodiscard]] virtual Endpoint at(std::size_t place) const = 0;
  // Takes the place of whom the network has told, until it tells again. Look-ups that have begun ask the new
  // server from their next question on. One that is not valid empties the place.
  virtual void set(std::size_t place, const Endpoint& server) = 0;
  // A number that others cannot guess, for the ids of questions (RFC 5452, 9.2); not for keys.
  virtual std::uint32_t random() = 0;

 protected:
  constexpr NameServers() = default;
  ~NameServers() = default;
};

}  // namespace net
