#include "net/http/server.h"

#include <algorithm>

#include "net/core/combine.h"
#include "net/core/deadline.h"
#include "net/core/log.h"
#include "net/core/loop.h"
#include "net/http/server_state.h"
#include "net/http/wall_clock.h"
#include "net/io/serve.h"

namespace net::http {
namespace {

// Connections beyond the limit that are told so at a time; more wait to be accepted.
constexpr std::size_t kRefusals = 64;
constexpr Duration kRefusalTime = std::chrono::seconds(5);
constexpr std::string_view kBusy =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

// Over TLS where that is spoken: bytes that are none would be taken for a failure of it.
Task<> tell_busy(Stream peer, const ServerOptions& options) {
  if (options.secure) {
    Stream secured = co_await options.secure(std::move(peer));
    peer = std::move(secured);
  }
  co_await peer.write(kBusy);
  co_await peer.shutdown();
  for (;;) {
    std::span<std::byte> got = co_await peer.read_view();
    if (got.empty()) co_return;
  }
}

Task<> refuse_connection(Stream peer, const ServerOptions& options) {
  co_await timeout(kRefusalTime, tell_busy(std::move(peer), options));
}

// What net::serve calls for each connection.
class Converse {
 public:
  explicit Converse(Server& server) : server_(&server) {}
  NET_MAKES_TASK Task<> operator()(Stream peer) { return server_->converse(std::move(peer)); }

 private:
  Server* server_;
};

// Waits for ever, and tells the server of its cancellation.
class [[nodiscard("co_await it")]] DrainNotice final : public TypedOperation<void> {
 public:
  explicit DrainNotice(Server& server) : server_(server) {}
  DrainNotice(DrainNotice&& other) noexcept : server_(other.server_) {}
  void describe(TextBuffer& out) const override { out << "the end of the server"; }

 private:
  Progress start() override { return Progress::kPending; }
  void cancel() override {
    server_.drain();
    wake(Errc::cancelled);
  }
  Server& server_;
};

}  // namespace

Server::Server(Handler handler, ServerOptions options)
    : handler_(std::move(handler)),
      options_(std::move(options)),
      counters_(options_.counters != nullptr ? options_.counters : &own_counters_) {}

Task<> Server::converse(Stream peer) {
  ++counters_->connections;
  if (counters_->open >= options_.connections) {
    ++counters_->refused;
    return refuse_connection(std::move(peer), options_);
  }
  return options_.secure ? secure(std::move(peer)) : answer(std::move(peer));
}

Task<> Server::secure(Stream peer) {
  Stream secured = co_await options_.secure(std::move(peer));
  co_await answer(std::move(secured));
}

Task<> Server::answer(Stream peer) {
  Connection connection(*this, std::move(peer));
  connection.start();
  co_await connection.join();
  if (!connection.failed()) co_return;
  // A task that is cancelled does nothing more; the connection's timer cancels the inner one alone.
  if (context.fiber->cancelled()) co_await fail(Errc::cancelled);
  co_await connection.recover();
}

void Server::drain() {
  if (draining_) return;
  draining_ = true;
  for (Connection* each = connections_.front(); each != nullptr; each = connections_.next(*each)) each->drain();
}

std::string_view Server::date_line() {
  TimePoint now = Loop::current().iteration_time();
  if (!earlier(now, date_until_)) {
    std::int64_t wall = wall_clock();
    has_date_ = wall >= 0;
    std::int64_t left = has_date_ ? 1000 - wall % 1000 : 1000;
    date_until_ = now + std::chrono::milliseconds(left);
    if (has_date_) {
      std::array<char, kDateSize> date = format_date(wall / 1000);
      constexpr std::string_view kName = "Date: ";
      auto* end = std::copy(kName.begin(), kName.end(), date_.begin());
      end = std::copy(date.begin(), date.end(), end);
      *end++ = '\r';
      *end = '\n';
    }
  }
  return has_date_ ? std::string_view(date_.data(), date_.size()) : std::string_view();
}

Task<> detail::serve(Listener& listener, Handler handler, ServerOptions options) {
  std::size_t most = options.connections;
  ServeLimits limits;
  limits.set_drain(options.drain).set_connections(most + std::min(most, kRefusals));
  Server server(std::move(handler), std::move(options));
  Converse converse(server);
  Task<> serving = net::serve(listener, converse, limits);
  co_await all(std::move(serving), DrainNotice(server));
}

}  // namespace net::http
