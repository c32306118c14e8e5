// serve: tells others the time.
#pragma once

#include "net/core/task.h"
#include "net/io/udp.h"
#include "net/ntp/clock.h"
#include "net/ntp/packet.h"

namespace net::ntp {

// The answer to a request, but for its transmit timestamp, which is written when it is sent; nothing where
// there is none to give: no client's request, or of another version than 1 to 4 (RFC 4330, 6). It is never
// longer than the request, so that nobody can have others flooded.
std::optional<Packet> answer_to(Bytes request, Clock& clock);

// Answers clients until it is cancelled. That one cannot be reached is no reason to stop.
//
// *Errors*: io_error of the socket. *Cancellation*: at once. *Lifetime*: socket and clock outlive the await.
// RFC 4330, 6.
Task<> serve(UdpSocket& socket, Clock& clock);

}  // namespace net::ntp
