// Files over HTTP on real connections: what downloads take of descriptors, and what there is without any.
#include <filesystem>
#include <fstream>

#include "net/http/files.h"
#include "net/http/server.h"
#include "tests/uv/fixture.h"

namespace net::uv {
namespace {

namespace fs = std::filesystem;

// More than the system keeps of it for a peer that does not read.
constexpr std::uintmax_t kLarge = 64 << 20;

class HttpFilesTest : public UvTest {
 public:
  HttpFilesTest(const HttpFilesTest&) = delete;
  HttpFilesTest& operator=(const HttpFilesTest&) = delete;

 protected:
  HttpFilesTest() {
    fs::create_directories(root_);
    std::ofstream(root_ / "small.txt") << "hello";
    for (const char* name : {"large", "other"}) {
      std::ofstream made(root_ / name);
      fs::resize_file(root_ / name, kLarge);
    }
  }
  ~HttpFilesTest() override { fs::remove_all(root_); }

  fs::path root_ = fs::path(testing::TempDir()) / ("http_files_test." + std::to_string(::getpid()));
};

// Asks, and gives the answer's header.
Task<std::string> ask(Stream& stream, std::string_view path) {
  std::string request = "GET /" + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  co_await stream.write(request);
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    std::array<std::byte, 1> next;
    std::span<std::byte> got = co_await stream.read(next);
    if (got.empty()) break;
    head += text(got);
  }
  co_return head;
}
Task<Stream> ask_anew(Endpoint server, std::string_view path) {
  Stream stream = co_await connect(server);
  std::string head = co_await ask(stream, path);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  co_return std::move(stream);
}

class Site {
 public:
  explicit Site(const fs::path& root) {
    Result<http::Files> files = http::Files::open(root.string());
    EXPECT_TRUE(files);
    router.get("/{path...}", *files);
  }
  http::Router router;
};

TEST_F(HttpFilesTest, AFileIsOpenOnceHoweverManyTakeIt) {
  run(
      [](const fs::path& root) -> Task<> {
        Site site(root);
        Listener listener = co_await listen(kAnyPort);
        http::ServerOptions options;
        options.set_drain(1ms);
        Beside serving(http::serve(listener, site.router, std::move(options)));
        constexpr std::size_t kPeers = 20;
        std::size_t before = conformance::open_descriptors();
        std::vector<Stream> peers;
        for (std::size_t i = 0; i != kPeers; ++i) {
          Stream peer = co_await ask_anew(listener.local(), "large");
          peers.push_back(std::move(peer));
        }
        // Both ends of each are here.
        EXPECT_EQ(conformance::open_descriptors(), before + 2 * kPeers + 1);
        peers.clear();
        co_await eventually([&] { return conformance::open_descriptors() == before; });
        serving.cancel();
        co_await serving.join();
      },
      root_);
}

TEST_F(HttpFilesTest, WithoutDescriptorsTheAnswerIs503AndTheServerLivesOn) {
  run(
      [](const fs::path& root) -> Task<> {
        Site site(root);
        Listener listener = co_await listen(kAnyPort);
        http::ServerCounters counters;
        http::ServerOptions options;
        options.set_counters(&counters).set_drain(1ms);
        Beside serving(http::serve(listener, site.router, std::move(options)));
        Stream slow = co_await ask_anew(listener.local(), "large");
        Stream kept = co_await ask_anew(listener.local(), "small.txt");
        Stream waiting;
        {
          conformance::DescriptorLimit limit(1);
          waiting = co_await connect(listener.local());  // and takes the last one; it is not accepted
          std::array<std::byte, 5> content;
          std::span<std::byte> got = co_await kept.read(content);
          EXPECT_EQ(text(got), "hello");
          std::string refused = co_await ask(kept, "other");
          EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << refused;
          EXPECT_NE(refused.find("\r\nRetry-After: 1\r\n"), std::string::npos) << refused;
          EXPECT_EQ(counters.connections, 2U);
        }
        std::string head = co_await ask(waiting, "other");
        EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
        slow = Stream();
        kept = Stream();
        waiting = Stream();
        co_await eventually([&] { return counters.open == 0; });
        serving.cancel();
        co_await serving.join();
      },
      root_);
}

}  // namespace
}  // namespace net::uv
