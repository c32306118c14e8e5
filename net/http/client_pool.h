// ClientPool: a client's connections, those in use and those kept for later requests.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/core/intrusive_list.h"
#include "net/core/loop.h"
#include "net/core/memory.h"
#include "net/core/semaphore.h"
#include "net/core/task.h"
#include "net/http/body_reader.h"
#include "net/http/client_options.h"
#include "net/http/input.h"
#include "net/http/owned_text.h"
#include "net/http/url.h"
#include "net/io/stream.h"

namespace net::http {

class ClientPool;

// A server, with whom connections are counted.
class Origin : public Pooled, public ListNode {
 public:
  explicit Origin(std::size_t permits) : permits_(permits) {}

 private:
  friend class ClientPool;
  friend class Lease;
  [[nodiscard]] bool is_of(const Url& url) const;

  OwnedText host_;
  std::uint16_t port_ = 0;
  bool secure_ = false;
  std::size_t users_ = 0;  // leases, and connections that are kept
  Semaphore permits_;
};

// A connection to a server, or through a proxy to it.
class ClientConnection : public Pooled, public ListNode {
 public:
  explicit ClientConnection(const ClientOptions& options)
      : input(stream, options.buffer, std::max<std::size_t>(options.buffer, options.head.bytes + 1)),
        body(input) {}

  // Whether the server has neither closed the connection nor sent what nobody asked for.
  //
  // *Errors*: no_memory. *Cancellation*: at once.
  Task<bool> is_quiet();

  Stream stream;
  Input input;
  BodyReader body;

 private:
  friend class ClientPool;
  Origin* origin_ = nullptr;
  TimePoint until_{};
};

// The right to use one connection to a server, and the connection.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)),
        origin_(std::exchange(other.origin_, nullptr)),
        connection_(std::exchange(other.connection_, nullptr)),
        of_origin_(std::move(other.of_origin_)),
        of_all_(std::move(other.of_all_)) {}
  Lease& operator=(Lease&& other) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { end(false); }

  [[nodiscard]] ClientConnection* connection() const { return connection_; }
  // A connection that was kept, the latest; null if there is none. Replaces the present one.
  ClientConnection* take_kept();
  // A connection that is not connected; null without memory.
  ClientConnection* make();
  // Gives the connection back, to be kept or closed.
  void end(bool keeps);

 private:
  friend class ClientPool;
  Lease(ClientPool& pool, Origin& origin);
  void drop();

  ClientPool* pool_ = nullptr;
  Origin* origin_ = nullptr;
  ClientConnection* connection_ = nullptr;
  Permit of_origin_;
  Permit of_all_;
};

// *Lifetime*: it outlives its leases. Tasks of one loop only.
class ClientPool : private Timer {
 public:
  explicit ClientPool(const ClientOptions& options)
      : Timer(expire), options_(options), permits_(options.connections) {}
  ClientPool(const ClientPool&) = delete;
  ClientPool& operator=(const ClientPool&) = delete;
  ~ClientPool() { close_kept(); }

  // Waits for its turn. *Errors*: no_memory. *Cancellation*: at once. *Lifetime*: `url` outlives the await.
  Task<Lease> acquire(const Url& url);
  // Closes the connections that are kept.
  void close_kept();
  [[nodiscard]] std::size_t kept() const { return kept_; }

 private:
  friend class Lease;
  Origin* find_or_make(const Url& url);
  void release(Origin& origin);
  void keep(Origin& origin, ClientConnection& connection);
  ClientConnection* take(Origin& origin);
  void close(ClientConnection& kept);
  void arm();
  static void expire(Timer& timer);

  const ClientOptions& options_;
  Semaphore permits_;
  IntrusiveList<Origin> origins_;
  IntrusiveList<ClientConnection> idle_;  // the longest first
  std::size_t kept_ = 0;
};

}  // namespace net::http
