// TLS cancelled at each suspension and short of each allocation: nothing hangs, nothing is left behind.
#include "tests/support/every_suspension.h"

#include "net/io/connect.h"
#include "net/io/listener.h"
#include "tests/support/uv_world.h"
#include "tests/tls/pair.h"

namespace net::tests {
namespace {

// Made before the first run, to which they do not belong.
class Contexts {
 public:
  tls::ClientContext client = client_of(trusting().set_resumes(false));
  tls::ServerContext server = server_of(serving());
  tls::ServerContext plain = server_of(serving().set_resumes(false));  // without tickets
};
Contexts& contexts() {
  static Contexts made;
  return made;
}

// Both sides in one task, whose failure is what either fails with.
Task<> use(std::pair<Stream, Stream> lower, bool resumes) {
  auto& [client, server, plain] = contexts();
  auto both = co_await all(tls::connect(std::move(lower.first), "example.org", client),
                           tls::accept(std::move(lower.second), resumes ? server : plain));
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
  co_await use(std::move(lower), true);
}
Task<> over_narrow_memory() {
  std::pair<Stream, Stream> lower = stream_pair(700);
  if (!lower.first) co_await fail(Errc::no_memory);
  co_await use(std::move(lower), false);
}
Task<> over_tcp() {
  Listener listener = co_await listen(Endpoint(Address::loopback_v4(), 0));
  auto both = co_await all(connect(listener.local()), listener.accept());
  std::pair<Stream, Stream> lower(std::move(std::get<0>(both)), std::move(std::get<1>(both)));
  co_await use(std::move(lower), true);
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

}  // namespace
}  // namespace net::tests
