// TLS over the desktop backend and over pairs of streams in memory, with each version.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>

#include "net/core/combine.h"
#include "net/io/memory_stream.h"
#include "net/tls/tls.h"
#include "net/uv/runtime.h"
#include "tests/conformance/descriptors.h"
#include "tests/conformance/world.h"
#include "tests/tls/certificates.h"

namespace net::conformance {
namespace {

using tests::Authority;
using tests::Issued;

const Authority& authority() {
  static const Authority made;
  return made;
}
const Issued& issued() {
  static const Issued made = authority().issue();
  return made;
}

template <class Context, class Settings>
Context make(const Settings& settings) {
  Result<Context> made = Context::make(settings);
  if (!made) {
    std::fprintf(stderr, "%s\n", made.error().message().c_str());
    std::abort();
  }
  return std::move(*made);
}

class TlsWorld : public World {
 public:
  explicit TlsWorld(tls::Version version) : runtime_(uv::Runtime::make()) {
    tls::ClientSettings client;
    client.set_authorities(authority().certificate()).set_versions(version, version);
    tls::ServerSettings server;
    server.add_identity(issued().identity()).set_versions(version, version);
    client_.emplace(make<tls::ClientContext>(client));
    server_.emplace(make<tls::ServerContext>(server));
  }

  Loop& loop() override { return runtime_->loop(); }
  Network& network() override { return runtime_->network(); }
  [[nodiscard]] std::size_t open_sockets() const override { return open_descriptors(); }
  [[nodiscard]] Address address() const override { return Address::loopback_v4(); }
  Task<Streams> streams() override {
    Streams plain = co_await lower();
    auto both = co_await all(tls::connect(std::move(plain.client), "localhost", *client_),
                             tls::accept(std::move(plain.server), *server_));
    Streams secured(std::move(std::get<0>(both)), std::move(std::get<1>(both)));
    co_return std::move(secured);
  }

 protected:
  virtual Task<Streams> lower() = 0;

 private:
  std::unique_ptr<uv::Runtime> runtime_;
  std::optional<tls::ClientContext> client_;
  std::optional<tls::ServerContext> server_;
};

class OverTcp final : public TlsWorld {
 public:
  using TlsWorld::TlsWorld;
  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kStreams:
      case Row::kHalfClose:
      case Row::kReset:
      case Row::kClientReset:
      case Row::kBufferSizes:
      case Row::kKeepAlive:
      case Row::kNoDelay:
      case Row::kProgrammingErrors: return {};
      default:
        return "sockets are connected, accepted and named by the network below, which has worlds of its own";
    }
  }

 protected:
  Task<Streams> lower() override {
    Streams plain = co_await World::streams();
    co_return std::move(plain);
  }
};

class OverMemory final : public TlsWorld {
 public:
  explicit OverMemory(tls::Version version, std::size_t capacity = 65536)
      : TlsWorld(version), capacity_(capacity) {}
  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kStreams:
      case Row::kHalfClose:
      case Row::kReset:
      case Row::kClientReset:
      case Row::kNoDelay:
      case Row::kProgrammingErrors: return {};
      default: break;
    }
    return "a pair in memory is made connected and has no address, listener, datagrams or limit";
  }
  [[nodiscard]] std::size_t fits() const override { return capacity_ / 2; }

 protected:
  Task<Streams> lower() override {
    std::pair<Stream, Stream> ends = stream_pair(capacity_);
    if (!ends.first) co_await fail(Errc::no_memory, "make a pair of streams");
    Streams both(std::move(ends.first), std::move(ends.second));
    co_return std::move(both);
  }

 private:
  std::size_t capacity_;
};

}  // namespace

std::vector<WorldMaker> worlds() {
  using tls::Version;
  std::vector<WorldMaker> all;
  all.push_back({"tls13_tcp", [] { return std::make_unique<OverTcp>(Version::kTls13); }});
  all.push_back({"tls12_tcp", [] { return std::make_unique<OverTcp>(Version::kTls12); }});
  all.push_back({"tls13_memory", [] { return std::make_unique<OverMemory>(Version::kTls13); }});
  all.push_back({"tls12_memory", [] { return std::make_unique<OverMemory>(Version::kTls12); }});
  // Less than a record, so that each comes in parts.
  all.push_back({"tls13_narrow", [] { return std::make_unique<OverMemory>(Version::kTls13, 5000); }});
  return all;
}

}  // namespace net::conformance
