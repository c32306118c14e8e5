#include "net/http/client_pool.h"

#include <array>

#include "net/core/deadline.h"
#include "net/http/syntax.h"

namespace net::http {

bool Origin::is_of(const Url& url) const {
  return secure_ == url.secure() && port_ == url.port() && same_ignoring_case(host_.view(), url.host());
}

// A read tells, if it is done at once: with the end, an error, or bytes.
Task<bool> ClientConnection::is_quiet() {
  std::array<std::byte, 1> byte;
  auto reading = timeout(Duration::zero(), stream.read(byte));
  Result<std::span<std::byte>> got = co_await result(reading);
  if (got) co_return false;
  if (got.error() == Errc::cancelled || got.error() == Errc::no_memory) co_await fail(got.error());
  co_return got.error() == Errc::timed_out;
}

Lease::Lease(ClientPool& pool, Origin& origin) : pool_(&pool), origin_(&origin) { ++origin.users_; }

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    end(false);
    pool_ = std::exchange(other.pool_, nullptr);
    origin_ = std::exchange(other.origin_, nullptr);
    connection_ = std::exchange(other.connection_, nullptr);
    of_origin_ = std::move(other.of_origin_);
    of_all_ = std::move(other.of_all_);
  }
  return *this;
}

void Lease::drop() { delete std::exchange(connection_, nullptr); }

ClientConnection* Lease::take_kept() {
  drop();
  return connection_ = pool_->take(*origin_);
}

ClientConnection* Lease::make() {
  drop();
  return connection_ = new ClientConnection(pool_->options_);
}

void Lease::end(bool keeps) {
  if (pool_ == nullptr) return;
  if (keeps && connection_ != nullptr) {
    pool_->keep(*origin_, *std::exchange(connection_, nullptr));
  } else {
    drop();
  }
  of_all_.release();
  of_origin_.release();
  std::exchange(pool_, nullptr)->release(*std::exchange(origin_, nullptr));
}

Task<Lease> ClientPool::acquire(const Url& url) {
  Origin* origin = find_or_make(url);
  if (origin == nullptr) co_await fail(Errc::no_memory, "wait for a connection");
  Lease lease(*this, *origin);
  Permit of_origin = co_await origin->permits_.acquire();
  lease.of_origin_ = std::move(of_origin);
  Permit of_all = co_await permits_.acquire();
  lease.of_all_ = std::move(of_all);
  co_return std::move(lease);
}

Origin* ClientPool::find_or_make(const Url& url) {
  for (Origin* each = origins_.front(); each != nullptr; each = origins_.next(*each)) {
    if (each->is_of(url)) return each;
  }
  auto* origin = new Origin(options_.per_origin);
  if (origin == nullptr) return nullptr;
  if (!origin->host_.append(url.host())) {
    delete origin;
    return nullptr;
  }
  origin->port_ = url.port();
  origin->secure_ = url.secure();
  origins_.push_back(*origin);
  return origin;
}

void ClientPool::release(Origin& origin) {
  if (--origin.users_ == 0) delete &origin;
}

void ClientPool::keep(Origin& origin, ClientConnection& connection) {
  connection.input.release_if_empty();
  if (options_.idle == 0) {
    delete &connection;
    return;
  }
  ++origin.users_;
  connection.origin_ = &origin;
  connection.until_ = time_after(options_.idle_time);
  idle_.push_back(connection);
  ++kept_;
  if (kept_ > options_.idle) close(*idle_.front());
  if (!armed()) arm();
}

ClientConnection* ClientPool::take(Origin& origin) {
  ClientConnection* latest = nullptr;
  for (ClientConnection* each = idle_.front(); each != nullptr; each = idle_.next(*each)) {
    if (each->origin_ == &origin) latest = each;
  }
  if (latest == nullptr) return nullptr;
  latest->unlink();
  --kept_;
  release(origin);
  return latest;
}

void ClientPool::close(ClientConnection& kept) {
  kept.unlink();
  --kept_;
  Origin& origin = *kept.origin_;
  delete &kept;
  release(origin);
}

void ClientPool::close_kept() {
  while (ClientConnection* each = idle_.front()) close(*each);
  Timers::stop(*this);
}

void ClientPool::arm() {
  if (ClientConnection* first = idle_.front()) Loop::current().timers().start(*this, first->until_);
}

void ClientPool::expire(Timer& timer) {
  auto& self = static_cast<ClientPool&>(timer);
  TimePoint now = Loop::current().now();
  while (ClientConnection* first = self.idle_.front()) {
    if (earlier(now, first->until_)) break;
    self.close(*first);
  }
  self.arm();
}

}  // namespace net::http
