#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "net/guides/snippets/run_here.h"
#include "net/net.h"

namespace {

using namespace std::chrono_literals;

// [unwind]
net::Task<> copy(net::Stream& from, net::Stream& to) {
  std::array<std::byte, 1024> buffer;
  for (;;) {
    std::span<std::byte> received = co_await from.read(buffer);  // a failure ends copy here,
    if (received.empty()) co_return;
    co_await to.write(received);  // or here: its locals are destroyed, and the caller's await fails
  }
}
// [/unwind]

// [result]
net::Task<net::Stream> connect_either(net::Endpoint first, net::Endpoint second) {
  net::Result<net::Stream> stream = co_await net::result(net::connect(first));
  if (stream) co_return std::move(*stream);
  net::log(net::LogLevel::kWarn, stream.error().message());
  net::Stream other = co_await net::connect(second);
  co_return std::move(other);
}
// [/result]

// [fail]
net::Task<std::uint32_t> read_length(net::BufferedReader& reader) {
  std::array<std::byte, 4> field;
  co_await reader.read_exactly(field);
  std::uint32_t length = 0;
  for (std::byte b : field) length = length << 8 | std::to_integer<std::uint32_t>(b);
  if (length > 65536) co_await net::fail(net::Errc::limit_exceeded, "read a message");
  co_return length;
}
// [/fail]

// [exception]
net::Task<int> read_number(net::BufferedReader& reader) {
  std::string_view line = co_await reader.read_line(20);
  co_return std::stoi(std::string(line));  // throws std::invalid_argument
}

net::Task<int> read_number_or_zero(net::BufferedReader& reader) {
  try {
    int number = co_await read_number(reader);
    co_return number;
  } catch (const std::invalid_argument&) {  // the exception; a failed await does not come here
    co_return 0;
  }
}
// [/exception]

// [loop]
net::Task<> stay_connected(net::Endpoint to, net::Task<> (*talk)(net::Stream)) {
  for (;;) {
    net::Result<net::Stream> peer = co_await net::result(net::connect(to));
    if (peer) {
      net::Result<> talked = co_await net::result(talk(std::move(*peer)));
      if (!talked) net::log(net::LogLevel::kInfo, talked.error().message());
    }
    co_await net::sleep(1s);  // without `result`: here a cancelled task ends
  }
}
// [/loop]

// [timeout]
net::Task<std::string> ask(net::Endpoint server, std::string_view question) {
  net::Stream peer = co_await net::connect(server);
  co_await peer.write(question);
  net::BufferedReader reader(peer);
  std::string_view line = co_await reader.read_line(256);
  co_return std::string(line);
}

net::Task<std::string> ask_quickly(net::Endpoint server) {
  std::string answer = co_await net::timeout(200ms, ask(server, "what time is it?\n"));
  co_return answer;
}
// [/timeout]

// [shield]
net::Task<> polite_echo(net::Stream peer) {
  net::Result<> outcome = co_await net::result(copy(peer, peer));
  co_await net::shield(net::timeout(1s, peer.write("bye\n")));  // also in a cancelled task
  if (!outcome) co_await net::fail(outcome.error());
}
// [/shield]

net::Task<int> program(std::uint16_t port) {
  net::Result<net::Stream> peer =
      co_await net::result(net::connect(net::Endpoint(net::Address::loopback_v4(), port)));
  if (!peer && peer.error() == net::Errc::connection_refused) co_return 3;
  if (!peer) co_await net::fail(peer.error());
  co_return 0;
}

using snippets::run_here;

net::Endpoint loopback(std::uint16_t port) { return {net::Address::loopback_v4(), port}; }

// A port that nobody listens on.
net::Task<std::uint16_t> closed_port() {
  net::Listener listener = co_await net::listen(loopback(0));
  co_return listener.local().port();
}

net::Task<std::string> copy_pairs() {
  std::pair<net::Stream, net::Stream> in = net::stream_pair();
  std::pair<net::Stream, net::Stream> out = net::stream_pair();
  co_await in.first.write("copied");
  co_await in.first.shutdown();
  co_await copy(in.second, out.first);
  std::array<std::byte, 16> buffer;
  std::span<std::byte> received = co_await out.second.read(buffer);
  co_return std::string(net::text(received));
}

net::Task<net::Errc> copy_to_aborted() {
  std::pair<net::Stream, net::Stream> in = net::stream_pair();
  std::pair<net::Stream, net::Stream> out = net::stream_pair();
  co_await in.first.write("lost");
  out.second.abort();
  net::Result<> copied = co_await net::result(copy(in.second, out.first));
  co_return copied ? net::Errc::ok : copied.error().code();
}

TEST(Errors, Unwind) {
  EXPECT_EQ(run_here(copy_pairs), "copied");
  EXPECT_EQ(run_here(copy_to_aborted), net::Errc::connection_reset);
}

net::Task<bool> connect_to_second() {
  std::uint16_t closed = co_await closed_port();
  net::Listener listener = co_await net::listen(loopback(0));
  net::Stream peer = co_await connect_either(loopback(closed), listener.local());
  co_return peer.peer() == listener.local();
}

TEST(Errors, Result) { EXPECT_EQ(run_here(connect_to_second), true); }

net::Task<std::uint32_t> length_of(std::string_view bytes) {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  co_await ends.first.write(bytes);
  co_await ends.first.shutdown();
  net::BufferedReader reader(ends.second);
  std::uint32_t length = co_await read_length(reader);
  co_return length;
}

TEST(Errors, Fail) {
  using namespace std::string_view_literals;
  EXPECT_EQ(run_here(length_of, "\0\0\1\2"sv), 258U);
  auto large = run_here(length_of, "\1\0\0\0"sv);
  EXPECT_EQ(large.error().message(), "read a message: limit exceeded");
  EXPECT_EQ(run_here(length_of, "\0\0"sv).error(), net::Errc::end_of_stream);
}

net::Task<int> number_in(std::string_view bytes) {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  co_await ends.first.write(bytes);
  co_await ends.first.shutdown();
  net::BufferedReader reader(ends.second);
  int number = co_await read_number_or_zero(reader);
  co_return number;
}

TEST(Errors, Exception) {
  EXPECT_EQ(run_here(number_in, "17\n"), 17);
  EXPECT_EQ(run_here(number_in, "many\n"), 0);
  EXPECT_EQ(run_here(number_in, "").error(), net::Errc::end_of_stream);
}

net::Task<> nothing(net::Stream /*peer*/) { co_return; }

net::Task<net::Errc> stay_a_moment() {
  std::uint16_t closed = co_await closed_port();
  net::Result<> stayed = co_await net::result(net::timeout(50ms, stay_connected(loopback(closed), nothing)));
  co_return stayed.error().code();
}

TEST(Errors, Loop) { EXPECT_EQ(run_here(stay_a_moment), net::Errc::timed_out); }

net::Task<std::string> ask_nobody() {
  net::Listener listener = co_await net::listen(loopback(0));  // connects, but nobody answers
  net::Result<std::string> answer = co_await net::result(ask_quickly(listener.local()));
  EXPECT_EQ(answer.error(), net::Errc::timed_out);
  co_return answer.error().message();
}

TEST(Errors, Timeout) {
  auto message = run_here(ask_nobody);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->starts_with("read from 127.0.0.1:")) << *message;
  EXPECT_TRUE(message->ends_with(": timed out")) << *message;
}

net::Task<std::string> say_goodbye() {
  std::pair<net::Stream, net::Stream> ends = net::stream_pair();
  net::Result<> cut = co_await net::result(net::timeout(20ms, polite_echo(std::move(ends.first))));
  EXPECT_EQ(cut.error(), net::Errc::timed_out);
  std::array<std::byte, 16> buffer;
  std::span<std::byte> received = co_await ends.second.read(buffer);
  co_return std::string(net::text(received));
}

TEST(Errors, Shield) { EXPECT_EQ(run_here(say_goodbye), "bye\n"); }

net::Task<int> connect_to_closed() {
  std::uint16_t closed = co_await closed_port();
  int status = co_await program(closed);
  co_return status;
}

net::Task<> fail_at_once() { co_await net::fail(net::Errc::not_supported, "do this"); }
net::Task<> throw_at_once() {
  throw std::runtime_error("no such thing");
  co_return;
}
net::Task<> interrupt_itself() {
  std::raise(SIGTERM);
  co_await net::sleep(1h);
}
net::Task<> interrupt_and_catch() {
  std::raise(SIGTERM);
  net::Result<> slept = co_await net::result(net::sleep(1h));
  EXPECT_EQ(slept.error(), net::Errc::cancelled);
  co_await net::fail(net::Errc::io_error, "save the file");
}
net::Task<> interrupt_twice() {
  std::raise(SIGINT);
  for (;;) {
    net::Result<> slept = co_await net::result(net::sleep(1h));  // swallows its cancellation: it never ends
    if (!slept) std::raise(SIGINT);
  }
}

TEST(Errors, ExitStatus) {
  EXPECT_EQ(net::run(connect_to_closed), 3);
  testing::internal::CaptureStderr();
  EXPECT_EQ(net::run(fail_at_once), 1);
  EXPECT_EQ(net::run(throw_at_once), 1);
  EXPECT_EQ(net::run(interrupt_and_catch), 1);
  std::string errors = testing::internal::GetCapturedStderr();
  EXPECT_EQ(errors,
            "error: do this: not supported\n"
            "error: no such thing\n"
            "error: save the file: input/output error\n");
  EXPECT_EQ(net::run(interrupt_itself), 0);
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(net::run(interrupt_twice), testing::ExitedWithCode(130), "");
}

}  // namespace
