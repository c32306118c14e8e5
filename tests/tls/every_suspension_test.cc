// TLS cancelled at each suspension and short of each allocation: nothing hangs, nothing is left behind.
#include "tests/support/every_suspension.h"

#include "net/io/connect.h"
#include "net/io/listener.h"
#include "net/tls/mbedtls.h"
#include "tests/support/uv_world.h"
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

template <class Context, class Made>
Context mbedtls_context(Made made) {
  EXPECT_TRUE(made) << made.error().message();
  return Context(std::move(*made));
}

// Made before the first run, to which they do not belong.
class Contexts {
 public:
  tls::ClientContext client = client_of(trusting().set_resumes(false));
  tls::ServerContext server = server_of(serving());
  tls::ServerContext plain = server_of(serving().set_resumes(false));  // without tickets
  tls::ClientContext device_client =
      mbedtls_context<tls::ClientContext>(tls::mbedtls::make_client(trusting().set_resumes(false)));
  tls::ServerContext device_server = mbedtls_context<tls::ServerContext>(tls::mbedtls::make_server(serving()));
};
Contexts& contexts() {
  static Contexts made;
  return made;
}

// Both sides in one task, whose failure is what either fails with.
Task<> use(std::pair<Stream, Stream> lower, tls::ServerContext& server,
           tls::ClientContext& client = contexts().client) {
  auto both = co_await all(tls::connect(std::move(lower.first), "example.org", client),
                           tls::accept(std::move(lower.second), server));
  Stream first = std::move(std::get<0>(both));
  Stream second = std::move(std::get<1>(both));
  std::string sent = pattern(40'000);
  std::string got;
  Task<> writing = write_text(first, sent);
  auto reading = [](Stream& from, std::string& into, std::size_t size) -> Task<> {
    while (into.size() < size) {
      std::span<std::byte> view = co_await from.read_view(9000);
      if (view.empty()) co_await fail(Errc::end_of_stream);
      into += text(view);
    }
  };
  co_await all(std::move(writing), reading(second, got, sent.size()));
  EXPECT_TRUE(got == sent);
  co_await second.write("thanks");
  co_await second.shutdown();
  std::string thanks = co_await read_to_end(first);
  EXPECT_EQ(thanks, "thanks");
}

Task<> over_memory() {
  std::pair<Stream, Stream> lower = stream_pair(5000);
  if (!lower.first) co_await fail(Errc::no_memory);
  co_await use(std::move(lower), contexts().server);
}
Task<> over_narrow_memory() {
  std::pair<Stream, Stream> lower = stream_pair(700);
  if (!lower.first) co_await fail(Errc::no_memory);
  co_await use(std::move(lower), contexts().plain);
}
Task<> over_tcp() {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  auto both = co_await all(connect(listener.local()), listener.accept());
  std::pair<Stream, Stream> lower(std::move(std::get<0>(both)), std::move(std::get<1>(both)));
  co_await use(std::move(lower), contexts().server);
}

Task<> by_mbedtls() {
  std::pair<Stream, Stream> lower = stream_pair(5000);
  if (!lower.first) co_await fail(Errc::no_memory);
  co_await use(std::move(lower), contexts().device_server, contexts().device_client);
}

template <class World>
void torture_all(const Scenario& scenario) {
  contexts();
  World world;
  cancel_at_every_suspension(world, scenario);
  fail_every_allocation(world, scenario);
}

TEST(EverySuspension, OverMemory) { torture_all<ManualWorld>({"memory", over_memory}); }
TEST(EverySuspension, OverNarrowMemory) { torture_all<ManualWorld>({"narrow", over_narrow_memory}); }
TEST(EverySuspension, OverTcp) { torture_all<UvWorld>({"tcp", over_tcp}); }

// Its memory is the library's, in thousands of pieces: some of them are refused, each of another kind.
TEST(EverySuspension, ByMbedtls) {
  contexts();
  ManualWorld world;
  Scenario scenario{"mbedtls", by_mbedtls};
  cancel_at_every_suspension(world, scenario);
  unsigned refused = 0;
  for (unsigned nth = 1; !testing::Test::HasFailure(); nth += nth < 40 ? 1 : 997) {
    if (!torture::run_without_memory(world, scenario, nth)) break;
    ++refused;
  }
  EXPECT_GT(refused, 40U);
}

}  // namespace
}  // namespace net::tests
