// The chip as an Ethernet controller: frames are datagrams to and from the model's wire.
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "embedded/offload/w5500/macraw.h"
#include "net/uv/runtime.h"
#include "tests/support/w5500_model.h"

namespace net::tests {
namespace {

using Frame = std::vector<std::byte>;
constexpr std::array<std::uint8_t, 6> kOwn = {2, 0, 0, 0, 0, 9};

// To a host, of so many bytes.
Frame frame(std::size_t size, std::uint8_t seed, bool broadcast = false) {
  Frame frame(size);
  for (std::size_t i = 0; i != size; ++i) frame[i] = static_cast<std::byte>(i * 7 + seed);
  for (std::size_t i = 0; i != kOwn.size(); ++i) frame[i] = broadcast ? std::byte{0xFF} : std::byte{kOwn[i]};
  return frame;
}

class W5500Macraw : public testing::Test {
 protected:
  W5500Macraw() {
    wire_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    EXPECT_EQ(::bind(wire_, reinterpret_cast<sockaddr*>(&own), size), 0);
    EXPECT_EQ(::getsockname(wire_, reinterpret_cast<sockaddr*>(&own), &size), 0);
    std::vector<std::string> options{"--wire", "0:" + std::to_string(ntohs(own.sin_port)), "--initial-pointer",
                                     "65000"};
    model_ = std::make_unique<ModelProcess>("w5500", "127.0.0.2", options);
    bus_ = std::make_unique<W5500Bus>(runtime_->loop(), *model_);
    link_ = std::make_unique<w5500::MacrawLink>(*bus_, kOwn,
                                                [](Duration time) { std::this_thread::sleep_for(time); });
    find_wire();
  }
  ~W5500Macraw() override { ::close(wire_); }

  // Where the model's end of the wire is, which it tells after each OPEN.
  void find_wire() {
    constexpr std::string_view kOpen = "open wire 0 ";
    unsigned port = 0;
    while (port == 0) {
      bus_->order("pins");
      for (const std::string& each : bus_->events()) {
        if (each.starts_with(kOpen)) port = static_cast<unsigned>(std::stoul(each.substr(kOpen.size())));
      }
    }
    there_.sin_family = AF_INET;
    there_.sin_port = htons(static_cast<std::uint16_t>(port));
    there_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }

  void arrive(const Frame& frame) {
    const auto* to = reinterpret_cast<const sockaddr*>(&there_);
    EXPECT_EQ(::sendto(wire_, frame.data(), frame.size(), 0, to, sizeof there_),
              static_cast<ssize_t>(frame.size()));
  }
  Frame left() {
    Frame buffer(2000);
    ssize_t size = ::recv(wire_, buffer.data(), buffer.size(), 0);
    buffer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return buffer;
  }
  // The next frame that the link has, in pieces.
  Frame take(std::size_t piece = 256) {
    std::size_t length = 0;
    while (length == 0) length = link_->next();
    Frame got(length);
    for (std::size_t at = 0; at < length; at += piece) {
      link_->read(std::span(got).subspan(at, std::min(piece, length - at)));
    }
    return got;
  }
  bool send(const Frame& frame) {
    std::array<std::span<const std::byte>, 2> pieces{std::span(frame).first(14), std::span(frame).subspan(14)};
    return link_->send(pieces);
  }

  std::unique_ptr<uv::Runtime> runtime_ = uv::Runtime::make();
  int wire_ = -1;
  sockaddr_in there_{};
  std::unique_ptr<ModelProcess> model_;
  std::unique_ptr<W5500Bus> bus_;
  std::unique_ptr<w5500::MacrawLink> link_;
};

TEST_F(W5500Macraw, FramesComeWholeAndInOrderThoughPointersWrap) {
  ASSERT_TRUE(link_->up());
  EXPECT_EQ(link_->next(), 0U);
  for (std::uint8_t round = 0; round != 20; ++round) {
    for (std::size_t size : {60U, 61U, 777U, 1514U}) arrive(frame(size, round, size == 61));
    for (std::size_t size : {60U, 61U, 777U, 1514U}) EXPECT_EQ(take(), frame(size, round, size == 61));
  }
}

TEST_F(W5500Macraw, WhatIsNotReadOfAFrameIsSkipped) {
  arrive(frame(1000, 1));
  arrive(frame(100, 2));
  std::size_t length = 0;
  while (length == 0) length = link_->next();
  EXPECT_EQ(length, 1000U);
  std::array<std::byte, 8> beginning;
  link_->read(beginning);
  EXPECT_EQ(take(), frame(100, 2));
}

TEST_F(W5500Macraw, FramesAreSentWholeOneAfterAnother) {
  for (std::uint8_t round = 0; round != 20; ++round) {
    for (std::size_t size : {60U, 333U, 1514U}) ASSERT_TRUE(send(frame(size, round)));
    for (std::size_t size : {60U, 333U, 1514U}) EXPECT_EQ(left(), frame(size, round));
  }
  EXPECT_FALSE(send(frame(1515, 0)));
}

TEST_F(W5500Macraw, AFrameThatComesWhileNobodyLooksWakes) {
  EXPECT_EQ(link_->next(), 0U);
  arrive(frame(60, 1));
  link_->listen();
  while (!bus_->interrupted()) bus_->order("pins");
  EXPECT_EQ(take(), frame(60, 1));
  EXPECT_EQ(link_->next(), 0U);
  bus_->order("pins");
  EXPECT_FALSE(bus_->interrupted());
}

TEST_F(W5500Macraw, AChipThatResetsItselfIsSetUpAnew) {
  bus_->order("fault reset-after 1");
  bus_->order("frame 00390000");
  while (!link_->up()) {
  }
  find_wire();
  arrive(frame(200, 3));
  EXPECT_EQ(take(), frame(200, 3));
  ASSERT_TRUE(send(frame(70, 4)));
  EXPECT_EQ(left(), frame(70, 4));
}

TEST_F(W5500Macraw, TheCableIsSeen) {
  bus_->order("pin cable 0");
  EXPECT_FALSE(link_->up());
  bus_->order("pin cable 1");
  EXPECT_TRUE(link_->up());
}

}  // namespace
}  // namespace net::tests
