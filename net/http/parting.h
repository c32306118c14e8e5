// Parting: how a protocol that has taken a server's connection takes leave of its peer when the server drains.
#pragma once

#include <cstdint>
#include <utility>

#include "net/io/stream.h"

namespace net::http {

// Movable. Without a server, or after its handler, it does nothing.
class Parting {
 public:
  // The server's end of it.
  class Host {
   public:
    Host() = default;
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

   protected:
    ~Host() {
      if (guest_ != nullptr) guest_->host_ = nullptr;
    }
    // Not now.
    [[nodiscard]] bool is_held() const { return guest_ != nullptr && guest_->holds_ != 0; }

   private:
    friend class Parting;
    [[nodiscard]] virtual bool parted() const = 0;
    // Cancels the handler, if it is time and nothing holds that up.
    virtual void part() = 0;
    virtual void take_back(Stream stream, Bytes words) = 0;
    Parting* guest_ = nullptr;
  };
  // While one lives, the handler is not cancelled yet, as something is being sent.
  class Hold {
   public:
    explicit Hold(Parting& parting) : parting_(parting) { ++parting_.holds_; }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold() {
      if (--parting_.holds_ == 0 && parting_.host_ != nullptr) parting_.host_->part();
    }

   private:
    Parting& parting_;
  };

  Parting() = default;
  explicit Parting(Host& host) : host_(&host) { host.guest_ = this; }
  Parting(Parting&& other) noexcept { *this = std::move(other); }
  Parting& operator=(Parting&& other) noexcept {
    if (this == &other) return *this;
    leave_host();
    host_ = std::exchange(other.host_, nullptr);
    if (host_ != nullptr) host_->guest_ = this;
    return *this;
  }
  Parting(const Parting&) = delete;
  Parting& operator=(const Parting&) = delete;
  ~Parting() { leave_host(); }

  // The server drains, and has cancelled the handler for it.
  [[nodiscard]] bool due() const { return host_ != nullptr && host_->parted(); }
  // Then the stream can be given back: the server sends `words`, ends its half and waits a little for the peer
  // to end its own.
  void leave(Stream stream, Bytes words) { host_->take_back(std::move(stream), words); }

 private:
  void leave_host() {
    if (host_ != nullptr) host_->guest_ = nullptr;
  }
  Host* host_ = nullptr;
  std::uint32_t holds_ = 0;
};

}  // namespace net::http
