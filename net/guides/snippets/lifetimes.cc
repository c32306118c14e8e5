#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/guides/snippets/run_here.h"
#include "net/net.h"

namespace {

using namespace std::chrono_literals;

// [right]
net::Task<> greet(net::Stream& peer, const std::string& name) {
  co_await peer.write("hello, ");
  co_await peer.write(name);
}

net::Task<> greet_both(net::Stream& peer) {
  co_await greet(peer, std::string("Ada "));  // the temporary lives until this await has ended
  std::string name = "Grace";
  net::Task<> task = greet(peer, name);  // `name` outlives the task
  co_await std::move(task);
}
// [/right]

// [spawn]
net::Task<> remind(net::Stream& peer, std::string text, net::Duration after) {
  co_await net::sleep(after);
  co_await peer.write(text);
}

net::Task<> two_reminders(net::Stream& peer) {
  auto body = [&peer](net::Scope& scope) -> net::Task<> {
    std::string text = "first ";
    scope.spawn(remind, std::ref(peer), text, 10ms);  // text is copied into the task
    text = "second";
    scope.spawn(remind, std::ref(peer), std::move(text), 20ms);
    co_return;  // body ends first; what was spawned does not refer to it
  };
  co_await net::scope(body);
}
// [/spawn]

// [view]
net::Task<> echo(net::Stream peer) {
  for (;;) {
    std::span<std::byte> view = co_await peer.read_view();  // lent until this task's next await,
    if (view.empty()) co_return;
    co_await peer.write(view);  // which may be a write of it
  }  // now the memory is the loop's again
}

net::Task<std::string> read_key(net::BufferedReader& reader) {
  std::string_view line = co_await reader.read_line(256);  // valid until the reader's next read
  std::string key(line.substr(0, line.find(':')));         // so keep a copy
  co_await reader.read_line(256);
  co_return key;
}
// [/view]

using snippets::run_here;

net::Task<std::string> all_from(net::Stream& peer) {
  std::string all;
  std::array<std::byte, 64> buffer;
  for (;;) {
    std::span<std::byte> received = co_await peer.read(buffer);
    if (received.empty()) co_return all;
    all += net::text(received);
  }
}

net::Task<std::string> greetings() {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  co_await greet_both(ends.first);
  co_await ends.first.shutdown();
  std::string all = co_await all_from(ends.second);
  co_return all;
}

net::Task<std::string> reminders() {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  co_await two_reminders(ends.first);
  co_await ends.first.shutdown();
  std::string all = co_await all_from(ends.second);
  co_return all;
}

net::Task<std::string> echoed() {
  net::Listener listener = co_await net::listen(net::Endpoint(net::Address::loopback_v4(), 0));
  net::Stream client = co_await net::connect(listener.local());
  net::Stream server = co_await listener.accept();
  co_await client.write("over the loop's own memory");
  co_await client.shutdown();
  co_await echo(std::move(server));
  std::string all = co_await all_from(client);
  co_return all;
}

net::Task<std::string> key() {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  co_await ends.first.write("Host: example\nnext\n");
  net::BufferedReader reader(ends.second);
  std::string text = co_await read_key(reader);
  co_return text;
}

TEST(Lifetimes, Right) { EXPECT_EQ(run_here(greetings), "hello, Ada hello, Grace"); }
TEST(Lifetimes, Spawn) { EXPECT_EQ(run_here(reminders), "first second"); }
TEST(Lifetimes, View) {
  EXPECT_EQ(run_here(echoed), "over the loop's own memory");
  EXPECT_EQ(run_here(key), "Host");
}

}  // namespace
