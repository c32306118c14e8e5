// What the tests of TLS share: contexts, a handshake over a pair in memory, and what became of its two sides.
#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "net/core/combine.h"
#include "net/io/memory_stream.h"
#include "net/tls/tls.h"
#include "tests/conformance/tasks.h"
#include "tests/support/manual_test.h"
#include "tests/tls/certificates.h"

namespace net::tests {

template <class Context, class Settings>
Context make(const Settings& settings) {
  Result<Context> made = Context::make(settings);
  EXPECT_TRUE(made) << made.error().message();
  return std::move(*made);
}
inline tls::ClientContext client_of(const tls::ClientSettings& settings) {
  return make<tls::ClientContext>(settings);
}
inline tls::ServerContext server_of(const tls::ServerSettings& settings) {
  return make<tls::ServerContext>(settings);
}

// The authority that clients trust here, and a server's certificate.
inline const Authority& authority() {
  static const Authority made;
  return made;
}
inline const Issued& issued() {
  static const Issued made = authority().issue();
  return made;
}
inline tls::ClientSettings trusting() {
  return tls::ClientSettings().set_authorities(authority().certificate());
}
inline tls::ServerSettings serving(const Issued& certificate = issued()) {
  return tls::ServerSettings().add_identity(certificate.identity());
}

// Both ends of a TLS connection, or why there is none.
class Ends {
 public:
  Ends(Result<Stream> c, Result<Stream> s) : client_(std::move(c)), server_(std::move(s)) {}
  [[nodiscard]] bool connected() const { return client_ && server_; }
  Stream& client() { return *client_; }
  Stream& server() { return *server_; }
  [[nodiscard]] Error client_error() const { return client_ ? Error() : client_.error(); }
  [[nodiscard]] Error server_error() const { return server_ ? Error() : server_.error(); }

 private:
  Result<Stream> client_;
  Result<Stream> server_;
};

inline Task<Result<Stream>> outcome_of(Task<Stream> task) {
  Result<Stream> outcome = co_await result(task);
  co_return std::move(outcome);
}

// Shakes hands over the two ends of `lower`.
inline Task<Ends> shake_hands(std::pair<Stream, Stream> lower, tls::ClientContext& client,
                              tls::ServerContext& server, std::string_view host = "example.org") {
  auto both = co_await all(outcome_of(tls::connect(std::move(lower.first), host, client)),
                           outcome_of(tls::accept(std::move(lower.second), server)));
  Ends ends(std::move(std::get<0>(both)), std::move(std::get<1>(both)));
  co_return std::move(ends);
}
inline Task<Ends> shake_hands(tls::ClientContext& client, tls::ServerContext& server,
                              std::string_view host = "example.org") {
  Ends ends = co_await shake_hands(stream_pair(), client, server, host);
  co_return std::move(ends);
}

// Sends words both ways.
inline Task<> talk(Ends& ends) {
  co_await ends.client().write("question");
  std::string question = co_await read_bytes(ends.server(), 8);
  EXPECT_EQ(question, "question");
  co_await ends.server().write("answer");
  std::string answer = co_await read_bytes(ends.client(), 6);
  EXPECT_EQ(answer, "answer");
}

}  // namespace net::tests
