// Peers that keep to TLS' grammar and mean ill all the same: OpenSSL by hand, so that it can send what no
// stream would.
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tests/tls/pair.h"

namespace net::tests {
namespace {

using tls::Version;

// A client over memory: what it sends is taken from it, and what comes is given to it.
class Raw {
 public:
  explicit Raw(int version) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_min_proto_version(context_, version);
    SSL_CTX_set_max_proto_version(context_, version);
    ssl_ = SSL_new(context_);
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_);
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  ~Raw() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  [[nodiscard]] SSL* ssl() const { return ssl_; }
  std::string take() {
    char* data = nullptr;
    long size = BIO_get_mem_data(SSL_get_wbio(ssl_), &data);
    std::string taken(data, static_cast<std::size_t>(size));
    (void)BIO_reset(SSL_get_wbio(ssl_));
    return taken;
  }
  void give(std::string_view data) {
    BIO_write(SSL_get_rbio(ssl_), data.data(), static_cast<int>(data.size()));
  }
  void write(std::string_view data) { SSL_write(ssl_, data.data(), static_cast<int>(data.size())); }

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
};

Task<> shake_hands(Raw& raw, Stream& lower) {
  for (;;) {
    int done = SSL_do_handshake(raw.ssl());
    co_await lower.write(raw.take());
    if (done == 1) co_return;
    std::string got = co_await read_some(lower);
    EXPECT_NE(got, "") << "the server has given up";
    if (got.empty()) co_return;
    raw.give(got);
  }
}

Task<> write_all(Stream& lower, std::string data) {
  co_await lower.write(data);
  co_await lower.shutdown();
}

// How much data a stream gives until its end, and what that end is.
class Got {
 public:
  std::size_t size = 0;
  Errc code = Errc::ok;
};
Task<Got> read_on(Stream& stream) {
  Got got;
  std::array<std::byte, 16> buffer;
  for (;;) {
    Result<std::span<std::byte>> part = co_await result(stream.read(buffer));
    if (!part) got.code = part.error().code();
    if (!part || part->empty()) co_return got;
    got.size += part->size();
  }
}

class Hostile : public ManualTest {
 protected:
  // What a server reads of all that `raw` sends once they have shaken hands.
  static Task<Got> attack(Raw& raw, void (*make)(Raw& raw, std::string& out)) {
    tls::ServerContext server = server_of(serving());
    std::pair<Stream, Stream> lower = stream_pair();
    auto both = co_await all(shake_hands(raw, lower.first), tls::accept(std::move(lower.second), server));
    Stream stream = std::move(std::get<1>(both));
    std::string flood = raw.take();
    make(raw, flood);
    Beside writing(write_all(lower.first, std::move(flood)));
    Got got = co_await read_on(stream);
    stream.abort();
    writing.cancel();
    co_await writing.join();
    co_return got;
  }
};

constexpr int kMany = 5000;

void update_keys(Raw& raw, std::string& out, int kind) {
  SSL_key_update(raw.ssl(), kind);
  SSL_do_handshake(raw.ssl());
  out += raw.take();
}

TEST_F(Hostile, NewKeysAndNothingElse) {
  run([]() -> Task<> {
    Raw raw(TLS1_3_VERSION);
    Got got = co_await attack(raw, [](Raw& peer, std::string& out) {
      for (int i = 0; i != kMany; ++i) update_keys(peer, out, SSL_KEY_UPDATE_NOT_REQUESTED);
    });
    EXPECT_EQ(got.code, Errc::protocol_error) << "and not the end, much later";
    EXPECT_EQ(got.size, 0U);
  });
}

TEST_F(Hostile, NewKeysAskedForAndNothingElse) {
  run([]() -> Task<> {
    Raw raw(TLS1_3_VERSION);
    Got got = co_await attack(raw, [](Raw& peer, std::string& out) {
      for (int i = 0; i != kMany; ++i) update_keys(peer, out, SSL_KEY_UPDATE_REQUESTED);
    });
    EXPECT_EQ(got.code, Errc::protocol_error);
    EXPECT_EQ(got.size, 0U);
  });
}

TEST_F(Hostile, NewKeysAskedForWithEveryByte) {
  run([]() -> Task<> {
    Raw raw(TLS1_3_VERSION);
    auto before = memory_statistics().bytes;
    Got got = co_await attack(raw, [](Raw& peer, std::string& out) {
      for (int i = 0; i != kMany; ++i) {
        update_keys(peer, out, SSL_KEY_UPDATE_REQUESTED);
        peer.write("x");
        out += peer.take();
      }
    });
    EXPECT_EQ(got.code, Errc::limit_exceeded);
    EXPECT_LT(memory_statistics().bytes - before, 100'000);
  });
}

TEST_F(Hostile, NewKeysNowAndThenAreAsThePeerLikes) {
  run([]() -> Task<> {
    Raw raw(TLS1_3_VERSION);
    Got got = co_await attack(raw, [](Raw& peer, std::string& out) {
      for (int i = 0; i != 100; ++i) {
        for (int j = 0; j != 20; ++j) update_keys(peer, out, SSL_KEY_UPDATE_NOT_REQUESTED);
        peer.write("data");
        out += peer.take();
      }
    });
    EXPECT_EQ(got.code, Errc::connection_reset) << "the end without close_notify";
    EXPECT_EQ(got.size, 400U);
  });
}

TEST_F(Hostile, RenegotiationIsRefused) {
  run([]() -> Task<> {
    Raw raw(TLS1_2_VERSION);
    tls::ServerContext server = server_of(serving());
    std::pair<Stream, Stream> lower = stream_pair();
    auto both = co_await all(shake_hands(raw, lower.first), tls::accept(std::move(lower.second), server));
    Stream stream = std::move(std::get<1>(both));
    SSL_renegotiate(raw.ssl());
    EXPECT_EQ(SSL_do_handshake(raw.ssl()), -1);
    Beside reading(read_on(stream));
    co_await lower.first.write(raw.take());
    co_await settle();
    EXPECT_FALSE(reading.done());
    co_await stream.write("x");
    std::string got = co_await read_some(lower.first);
    raw.give(got);
    EXPECT_EQ(SSL_do_handshake(raw.ssl()), -1);
    EXPECT_EQ(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
    ERR_clear_error();
    reading.cancel();
    co_await reading.join();
  });
}

}  // namespace
}  // namespace net::tests
