// Which part of an exchange failed, of which URL.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/core/error.h"
#include "net/http/owned_text.h"

namespace net::http {

enum class ClientPhase : std::uint8_t {
  kRequest,   // it is not one that can be sent
  kWait,      // for a connection that others use
  kResolve,   // the name
  kConnect,   // to the server, or to the proxy
  kProxy,     // asking it for a tunnel
  kTls,       // the handshake
  kSend,      // the request
  kHead,      // of the answer
  kBody,      // of the answer
  kRedirect,  // following it
};

// The same failure with a context such as "connect, http://example.org/a (…)", with the reason if there is one.
// The end of a long URL is cut off, and of a reason what is too much for an Error even so.
Error client_error(const Error& error, ClientPhase phase, std::string_view url, std::string_view reason = {});
// And as a message of which nothing is cut off, in `whole`; that is empty where there is no memory for it, and
// where there are no diagnostics.
Error client_error(OwnedText& whole, const Error& error, ClientPhase phase, std::string_view url,
                   std::string_view reason = {});

}  // namespace net::http
