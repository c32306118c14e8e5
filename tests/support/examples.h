// The examples as they stand, each in a namespace of its own, for tests that run their handlers. Included by
// one source file of a program.
#pragma once

// All that the examples include, so that their own includes are empty within the namespaces.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/ntp/client.h"
#include "net/ntp/server.h"
#include "net/websocket/accept.h"

// clang-format off
namespace chat_server {
#include "examples/chat_server.cc"  // NOLINT: the program itself is meant, here and below
}
namespace http_get {
#include "examples/http_get.cc"  // NOLINT
}
namespace multi_port_server {
#include "examples/multi_port_server.cc"  // NOLINT
}
namespace multicast_listener {
#include "examples/multicast_listener.cc"  // NOLINT
}
namespace multicast_sender {
#include "examples/multicast_sender.cc"  // NOLINT
}
namespace ntp_client {
#include "examples/ntp_client.cc"  // NOLINT
}
namespace ntp_server {
#include "examples/ntp_server.cc"  // NOLINT
}
namespace port_forwarder {
#include "examples/port_forwarder.cc"  // NOLINT
}
namespace tcp_echo_client {
#include "examples/tcp_echo_client.cc"  // NOLINT
}
namespace tcp_echo_server {
#include "examples/tcp_echo_server.cc"  // NOLINT
}
namespace udp_echo_client {
#include "examples/udp_echo_client.cc"  // NOLINT
}
namespace udp_echo_server {
#include "examples/udp_echo_server.cc"  // NOLINT
}
namespace unix_echo {
#include "examples/unix_echo.cc"  // NOLINT
}
namespace websocket_chat {
#include "examples/websocket_chat.cc"  // NOLINT
}
// clang-format on
