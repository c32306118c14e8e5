// Bytes that the loop lends are written through TLS whole, though the connection is full and other tasks read
// into the same memory meanwhile.
#include "net/io/block_on.h"
#include "net/io/connect.h"
#include "net/io/listener.h"
#include "net/uv/runtime.h"
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

Task<std::pair<Stream, Stream>> tcp_pair() {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  auto both = co_await all(connect(listener.local()), listener.accept());
  std::pair<Stream, Stream> ends(std::move(std::get<0>(both)), std::move(std::get<1>(both)));
  co_return std::move(ends);
}

// Each view is written while it is lent, behind more than is encrypted at once.
Task<> pass_on(Stream& from, Stream& to, std::size_t total, std::string& passed) {
  std::string filler = pattern(70'000, 3);
  while (total != 0) {
    std::span<std::byte> view = co_await from.read_view();
    total -= view.size();
    std::array<Bytes, 2> pieces{bytes(filler), view};
    passed += filler;
    passed += text(view);
    co_await to.write(std::span<const Bytes>(pieces));
  }
  co_await to.shutdown();
}

Task<> keep_writing(Stream& stream) {
  std::string noise = pattern(100'000, 2);
  for (;;) co_await stream.write(noise);
}
Task<> keep_reading(Stream& stream) {
  for (;;) {
    std::span<std::byte> view = co_await stream.read_view();
    if (view.empty()) co_return;
    co_await yield();
  }
}

Task<> test() {
  tls::ClientContext client = client_of(trusting());
  tls::ServerContext server = server_of(serving());
  std::pair<Stream, Stream> source = co_await tcp_pair();
  std::pair<Stream, Stream> noisy = co_await tcp_pair();
  Ends sink = co_await shake_hands(stream_pair(3000), client, server);
  EXPECT_TRUE(sink.connected());
  if (!sink.connected()) co_return;
  std::string sent = pattern(2'000'000, 1);
  std::string passed;
  Beside feeding(source.first.write(sent));
  Beside passing(pass_on(source.second, sink.client(), sent.size(), passed));
  Beside shouting(keep_writing(noisy.first));
  Beside hearing(keep_reading(noisy.second));
  std::string got = co_await read_to_end(sink.server());
  co_await passing.join();
  EXPECT_TRUE(got == passed);
  co_await feeding.join();
  shouting.cancel();
  hearing.cancel();
  co_await shouting.join();
  co_await hearing.join();
}

TEST(Borrowed, AViewIsSentWholeThoughItsMemoryIsUsedMeanwhile) {
  std::unique_ptr<uv::Runtime> runtime = uv::Runtime::make();
  Result<> outcome = block_on(runtime->loop(), runtime->network(), test);
  EXPECT_TRUE(outcome) << outcome.error().message();
}

}  // namespace
}  // namespace net::tests
