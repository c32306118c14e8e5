// The desktop backend on both sides, over each of its transports, and pairs of streams in memory.
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include <net/if.h>

#include <unistd.h>

#include "net/core/text.h"
#include "net/io/connect.h"
#include "net/io/memory_stream.h"
#include "net/uv/runtime.h"
#include "tests/conformance/descriptors.h"
#include "tests/conformance/fake_resolver.h"
#include "tests/conformance/private_network.h"
#include "tests/conformance/world.h"

namespace net::conformance {
namespace {

class UvWorld : public World {
 public:
  UvWorld() : runtime_(uv::Runtime::make()), server_(runtime_->loop()) {}

  Loop& loop() override { return runtime_->loop(); }
  Network& network() override { return sides_; }
  [[nodiscard]] std::size_t open_sockets() const override { return open_descriptors(); }
  void allow_sockets(std::size_t more) override { limit_.emplace(more); }
  void allow_all_sockets() override { limit_.reset(); }
  // The kernel lets one more in than it is told (listen(2), "queue length").
  [[nodiscard]] std::size_t queue_of(int backlog) const override {
    return static_cast<std::size_t>(backlog) + 1;
  }

 protected:
  void choose(Side side) override { sides_.choose(side); }

 private:
  std::unique_ptr<uv::Runtime> runtime_;
  uv::UvNetwork server_;
  Sides sides_{runtime_->network(), server_};
  std::optional<DescriptorLimit> limit_;
};

class InternetWorld final : public UvWorld {
 public:
  explicit InternetWorld(Family family) : family_(family) {}
  [[nodiscard]] std::string_view lacks(Row row) const override {
    if (row == Row::kUnixPaths) return "Unix sockets are a world of their own";
    if (row == Row::kBroadcast && family_ == Family::kV6) return "IPv6 has no broadcast (RFC 4291, 2)";
    if (row == Row::kMulticast && interface() == 0) return "the system has and allows no interface for it";
    if (row == Row::kDualStack && family_ == Family::kV4) return "IPv4 sockets take IPv4 connections only";
    return {};
  }
  [[nodiscard]] Address address() const override {
    return family_ == Family::kV6 ? Address::loopback_v6() : Address::loopback_v4();
  }
  // For documentation: RFC 5737 and RFC 3849.
  [[nodiscard]] Address foreign_address() const override {
    if (family_ == Family::kV4) return Address::v4(192, 0, 2, 1);
    return Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  }
  [[nodiscard]] std::uint32_t interface() const override {
    return family_ == Family::kV4 ? ::if_nametoindex("lo") : multicast_interface_v6();
  }
  Names* names() override { return &names_; }

 private:
  Family family_;
  FakeResolver names_;
};

class UnixWorld final : public UvWorld {
 public:
  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kStreams:
      case Row::kHalfClose:
      case Row::kNoDelay:
      case Row::kListen:
      case Row::kBacklog:
      case Row::kUnixPaths:
      case Row::kRefusal:
      case Row::kProgrammingErrors:
      case Row::kSocketLimit:
      case Row::kAcceptLimit:
      case Row::kBufferSizes: return {};
      case Row::kReset:
      case Row::kClientReset: return "a Unix socket that aborts is read as the end of the stream (unix(7))";
      case Row::kPendingConnect:
        return "connecting to a Unix socket with a full queue fails at once (connect(2))";
      default: return "Unix sockets have no addresses, options or datagrams here";
    }
  }
  Task<Listener> listen(ListenOptions options) override {
    static int count = 0;
    path_ = directory() + "/" + std::to_string(++count);
    Listener listener = co_await listen_unix(path_, options);
    co_return std::move(listener);
  }
  // A listener that has gone leaves the path of the newest.
  Task<Stream> connect(Listener& listener) override {
    Text<128> where;
    if (listener) listener.accept().operation().describe(where);
    std::string path = listener ? std::string(where.text().substr(std::strlen("accept on "))) : path_;
    Stream stream = co_await connect_unix(path);
    co_return std::move(stream);
  }

 private:
  // The path of a socket is short (unix(7)) and the test's directory's often is not, hence a relative one.
  static std::string directory() {
    static const std::string made = [] {
      const char* for_tests = std::getenv("TEST_TMPDIR");
      char name[] = "eddy-XXXXXX";
      if (::chdir(for_tests != nullptr ? for_tests : "/tmp") != 0 || ::mkdtemp(name) == nullptr)
        return std::string();
      return std::string(name);
    }();
    return made;
  }

  std::string path_;
};

class MemoryWorld final : public UvWorld {
 public:
  [[nodiscard]] std::string_view lacks(Row row) const override {
    switch (row) {
      case Row::kStreams:
      case Row::kHalfClose:
      case Row::kNoDelay:
      case Row::kReset:
      case Row::kClientReset:
      case Row::kProgrammingErrors: return {};
      default: break;
    }
    return "a pair in memory is made connected and has no address, listener, datagrams or limit";
  }
  Task<Streams> streams() override {
    std::pair<Stream, Stream> ends = stream_pair();
    if (!ends.first) co_await fail(Errc::no_memory, "make a pair of streams");
    Streams both(std::move(ends.first), std::move(ends.second));
    co_return std::move(both);
  }
};

}  // namespace

std::vector<WorldMaker> worlds() {
  std::vector<WorldMaker> all;
  all.push_back({"tcp_v4", [] { return std::make_unique<InternetWorld>(Family::kV4); }});
  all.push_back({"tcp_v6", [] { return std::make_unique<InternetWorld>(Family::kV6); }});
  all.push_back({"unix", [] { return std::make_unique<UnixWorld>(); }});
  all.push_back({"memory", [] { return std::make_unique<MemoryWorld>(); }});
  return all;
}

}  // namespace net::conformance
