// Pipes and adopted descriptors.
#include "net/uv/pipe.h"

#include <csignal>
#include <cstdlib>

#include <sys/socket.h>

#include <fcntl.h>
#include <unistd.h>

#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

class PipeTest : public UvTest {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }  // as `run` does
};

TEST_F(PipeTest, CarriesBytesToTheEnd) {
  run([]() -> Task<> {
    auto made = make_pipe();
    EXPECT_TRUE(made);
    Stream from = std::move(made->first);
    Stream to = std::move(made->second);
    std::string sent = pattern(1'000'000);
    Beside writing(write_text(to, sent));
    co_await settle();
    EXPECT_FALSE(writing.done()) << "a pipe holds less";
    std::string got = co_await read_bytes(from, sent.size());
    EXPECT_TRUE(got == sent);
    co_await writing.join();
    to = Stream();
    for (int i = 0; i < 2; ++i) {
      std::string end = co_await read_some(from);
      EXPECT_EQ(end, "");
    }
  });
}

TEST_F(PipeTest, TakesPieces) {
  run([]() -> Task<> {
    auto made = make_pipe();
    std::array<Bytes, 3> pieces{bytes("one "), bytes(""), bytes("two")};
    co_await made->second.write(std::span<const Bytes>(pieces));
    std::string got = co_await read_some(made->first);
    EXPECT_EQ(got, "one two");
  });
}

TEST_F(PipeTest, IsBrokenWhenTheReaderGoes) {
  run([]() -> Task<> {
    auto made = make_pipe();
    Stream to = std::move(made->second);
    std::string data = pattern(1'000'000);
    Beside writing(to.write(data));
    co_await settle();
    made->first = Stream();
    co_await writing.join();
    EXPECT_EQ(writing.code(), Errc::broken_pipe);
    Errc again = co_await failure_of(to.write("x"));
    EXPECT_EQ(again, Errc::broken_pipe);
  });
}

TEST_F(PipeTest, EndsForTheReaderWhenShutDown) {
  run([]() -> Task<> {
    auto made = make_pipe();
    co_await made->second.write("last");
    co_await made->second.shutdown();
    std::string got = co_await read_to_end(made->first);
    EXPECT_EQ(got, "last");
    Errc code = co_await failure_of(made->second.write("more"));
    EXPECT_EQ(code, Errc::broken_pipe);
  });
}

TEST_F(PipeTest, ASocketFromElsewhereIsAdopted) {
  run([]() -> Task<> {
    int ends[2];
    int failed = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
    EXPECT_EQ(failed, 0);
    Result<Stream> left = adopt(ends[0]);
    Result<Stream> right = adopt(ends[1]);
    EXPECT_TRUE(left && right);
    co_await left->write("over");
    std::string got = co_await read_some(*right);
    EXPECT_EQ(got, "over");
    Beside reading(read_some(*left));  // it has become non-blocking
    co_await settle();
    co_await right->write("back");
    co_await reading.join();
    EXPECT_EQ(reading.take(), "back");
  });
}

TEST_F(PipeTest, AFileIsNotSupportedAndClosed) {
  run([]() -> Task<> {
    char path[] = "/tmp/eddy-XXXXXX";
    int file = ::mkstemp(path);
    ::unlink(path);
    Result<Stream> stream = adopt(file);
    EXPECT_FALSE(stream);
    if (!stream) {
      EXPECT_EQ(stream.error().code(), Errc::not_supported);
    }
    EXPECT_EQ(::fcntl(file, F_GETFD), -1);
    Result<Stream> none = adopt(-1);
    EXPECT_EQ(none.error().code(), Errc::invalid_argument);
    // A device that is always ready cannot be waited for either.
    Result<Stream> null = adopt(::open("/dev/null", O_RDWR | O_CLOEXEC));
    EXPECT_EQ(null.error().code(), Errc::not_supported);
    co_return;
  });
}

TEST_F(PipeTest, WithoutDescriptorsOrMemoryThereIsNone) {
  run([]() -> Task<> {
    for (std::size_t more : {std::size_t{0}, std::size_t{1}}) {
      conformance::DescriptorLimit limit(more);
      auto made = make_pipe();
      EXPECT_FALSE(made);
      if (!made) {
        EXPECT_EQ(made.error().code(), Errc::too_many_open);
      }
    }
    for (std::uint64_t nth : {1U, 2U}) {
      fail_allocation(nth);
      auto made = make_pipe();
      fail_allocation(0);
      EXPECT_FALSE(made);
      if (!made) {
        EXPECT_EQ(made.error().code(), Errc::no_memory);
      }
    }
    co_return;
  });
}

}  // namespace
}  // namespace net::uv
