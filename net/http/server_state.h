// Server: what the connections of one `serve` share. For this folder.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "net/core/intrusive_list.h"
#include "net/http/connection.h"
#include "net/http/date.h"
#include "net/http/options.h"
#include "net/http/router.h"

namespace net::http {

class Server {
 public:
  Server(Handler handler, ServerOptions options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // One connection, from its first byte to its end. What can be answered is no failure.
  //
  // *Errors*: those of ServerOptions::secure and of the stream; what cut an answer short; cancelled, if a limit
  // of time ended the connection. They are its own: `net::serve` logs them. *Cancellation*: at once, within an
  // answer too; after `drain` connections end in order. *Lifetime*: this outlives the await.
  NET_MAKES_TASK Task<> converse(Stream peer);
  // Connections count themselves.
  void entered(Connection& connection) {
    ++counters_->open;
    connections_.push_back(connection);
  }
  void left() { --counters_->open; }
  // Connections end after the answer they are at.
  void drain();
  [[nodiscard]] bool draining() const { return draining_; }

  [[nodiscard]] const Handler& handler() const { return handler_; }
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] ServerCounters& counters() { return *counters_; }
  // "Date: Sun, 06 Nov 1994 08:49:37 GMT" and a line's end; empty where nobody knows.
  std::string_view date_line();

 private:
  Task<> answer(Stream peer);
  Task<> secure(Stream peer);

  Handler handler_;
  ServerOptions options_;
  ServerCounters own_counters_;
  ServerCounters* counters_;
  IntrusiveList<Connection> connections_;
  TimePoint date_until_{};
  std::array<char, 6 + kDateSize + 2> date_;
  bool has_date_ = false;
  bool draining_ = false;
};

}  // namespace net::http
