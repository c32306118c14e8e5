// A folder over HTTP: names, conditions, ranges, compression; and what must not be reached.
#include "net/http/files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>

#include <unistd.h>
#include <zlib.h>

#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    fs::create_directories(root_ / "sub");
    fs::create_directories(root_ / "empty");
    write("index.html", "<p>home");
    write("sub/index.html", "<p>sub");
    write("hello.txt", "0123456789");
    write(".secret", "no");
    write("../outside.txt", "no");
    write("a b%.txt", "odd name");
    fs::create_symlink("hello.txt", root_ / "inner");
    fs::create_symlink("../outside.txt", root_ / "outer");
    fs::create_symlink("/etc/passwd", root_ / "absolute");
    fs::create_directory_symlink("..", root_ / "up");
    ::mkfifo((root_ / "pipe").c_str(), 0600);
  }
  ~FilesTest() override { fs::remove_all(base_); }
  FilesTest(const FilesTest&) = delete;
  FilesTest& operator=(const FilesTest&) = delete;

  void write(const std::string& name, const std::string& content) {
    std::ofstream(root_ / name, std::ios::binary) << content;
  }
  static std::string request(const std::string& target, const std::string& fields = "",
                             const char* method = "GET") {
    return std::string(method) + " " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  }
  // The answer to each request in turn, on one connection.
  std::string ask(const std::string& sent) {
    Result<Files> files = Files::open(root_.string(), options_);
    EXPECT_TRUE(files) << files.error().message();
    auto router = std::make_unique<Router>();
    router->get("/{path...}", *files);
    ManualLoop loop;
    loop.expect_posts();
    Server server(detail::Named<Router>(*router), ServerOptions{});
    Peer peer({sent});
    Result<> outcome = loop.run_task(exchange_task, server, peer);
    EXPECT_TRUE(outcome) << outcome.error().message();
    return without_dates(peer.got);
  }
  std::string get(const std::string& target, const std::string& fields = "", const char* method = "GET") {
    return ask(request(target, fields, method));
  }
  static std::string status(const std::string& answer) { return answer.substr(9, 3); }
  static std::string content(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }
  static std::string field(const std::string& answer, const std::string& name) {
    std::size_t at = answer.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    at += name.size() + 4;
    return answer.substr(at, answer.find("\r\n", at) - at);
  }

  fs::path base_ = fs::path(testing::TempDir()) / ("files_test." + std::to_string(::getpid()));
  fs::path root_ = base_ / "root";
  FilesOptions options_;
};

TEST_F(FilesTest, GivesAFile) {
  std::string answer = get("/hello.txt");
  EXPECT_EQ(status(answer), "200");
  EXPECT_EQ(field(answer, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(field(answer, "Content-Length"), "10");
  EXPECT_EQ(field(answer, "Accept-Ranges"), "bytes");
  EXPECT_EQ(field(answer, "X-Content-Type-Options"), "nosniff");
  EXPECT_NE(field(answer, "ETag"), "");
  EXPECT_EQ(content(answer), "0123456789");
  EXPECT_EQ(content(get("/hello.txt", "", "HEAD")), "");
  EXPECT_EQ(status(get("/hello.txt", "", "DELETE")), "405");
  EXPECT_EQ(content(get("/a%20b%25.txt")), "odd name");
}

TEST_F(FilesTest, CompletesFolders) {
  EXPECT_EQ(content(get("/")), "<p>home");
  EXPECT_EQ(content(get("/sub/")), "<p>sub");
  std::string answer = get("/sub?x=1");
  EXPECT_EQ(status(answer), "301");
  EXPECT_EQ(field(answer, "Location"), "/sub/?x=1");
  EXPECT_EQ(status(get("/empty/")), "404");
}

TEST_F(FilesTest, LetsNothingLeaveTheFolder) {
  for (const char* path : {"/../outside.txt",
                           "/%2e%2e/outside.txt",
                           "/..%2foutside.txt",
                           "/sub/../../outside.txt",
                           "/sub/..%2f..%2foutside.txt",
                           "/./hello.txt",
                           "/sub//index.html",
                           "//hello.txt",
                           "/hello.txt%00",
                           "/%2Fetc/passwd",
                           "/etc/passwd",
                           "/outer",
                           "/absolute",
                           "/up/outside.txt",
                           "/up/",
                           "/.secret",
                           "/sub/.secret",
                           "/pipe",
                           "/nothing",
                           "/hello.txt/",
                           "/hello.txt/x"}) {
    std::string answer = get(path);
    EXPECT_EQ(status(answer), "404") << path;
    EXPECT_EQ(content(answer), "Not Found\n") << path;
  }
}

TEST_F(FilesTest, FollowsSymlinksWithinUnlessToldNotTo) {
  EXPECT_EQ(content(get("/inner")), "0123456789");
  // From the root on it leads out of the folder first.
  fs::create_symlink(root_ / "hello.txt", root_ / "around");
  EXPECT_EQ(status(get("/around")), "404");
  options_.set_symlinks(false);
  EXPECT_EQ(status(get("/inner")), "404");
  EXPECT_EQ(status(get("/hello.txt")), "200");
}

TEST_F(FilesTest, RedirectsToItselfOnly) {
  // "//sub" is a path of this server to us, and another host to a browser that is sent there.
  std::string answer = get("/sub");
  EXPECT_EQ(field(answer, "Location"), "/sub/");
  EXPECT_EQ(status(get("//sub")), "404");
}

TEST_F(FilesTest, AnswersConditions) {
  std::string etag = field(get("/hello.txt"), "ETag");
  std::string date = field(get("/hello.txt"), "Last-Modified");
  std::string answer = get("/hello.txt", "If-None-Match: " + etag + "\r\n");
  EXPECT_EQ(status(answer), "304");
  EXPECT_EQ(field(answer, "ETag"), etag);
  EXPECT_EQ(content(answer), "");
  EXPECT_EQ(status(get("/hello.txt", "If-Modified-Since: " + date + "\r\n")), "304");
  EXPECT_EQ(status(get("/hello.txt", "If-Match: \"other\"\r\n")), "412");
}

TEST_F(FilesTest, GivesARange) {
  for (std::size_t kept : {std::size_t{1} << 20, std::size_t{0}}) {  // from memory, from the file
    options_.set_cached_file(kept);
    std::string answer = get("/hello.txt", "Range: bytes=2-4\r\n");
    EXPECT_EQ(status(answer), "206");
    EXPECT_EQ(field(answer, "Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(content(answer), "234");
    answer = get("/hello.txt", "Range: bytes=20-\r\n");
    EXPECT_EQ(status(answer), "416");
    EXPECT_EQ(field(answer, "Content-Range"), "bytes */10");
    EXPECT_EQ(status(get("/hello.txt", "Range: bytes=0-1,3-4\r\n")), "200");
    EXPECT_EQ(status(get("/hello.txt", "Range: bytes=2-4\r\nIf-Range: \"other\"\r\n")), "200");
    EXPECT_EQ(content(get("/hello.txt", "Range: bytes=2-4\r\n", "HEAD")), "");
  }
}

TEST_F(FilesTest, GivesLargeFilesInParts) {
  std::string large(700'001, 'x');
  for (std::size_t i = 0; i < large.size(); i += 11) large[i] = static_cast<char>('a' + i % 26);
  write("large.bin", large);
  std::string answer = get("/large.bin");
  EXPECT_EQ(field(answer, "Content-Length"), "700001");
  EXPECT_TRUE(content(answer) == large);
  EXPECT_TRUE(content(get("/large.bin", "Range: bytes=-200000\r\n")) == large.substr(500'001));
}

// A terabyte of holes, which takes hours to read.
TEST_F(FilesTest, ReadsNothingForHead) {
  write("huge.bin", "");
  fs::resize_file(root_ / "huge.bin", std::uintmax_t{1} << 40);
  std::string answer = get("/huge.bin", "", "HEAD");
  EXPECT_EQ(status(answer), "200");
  EXPECT_EQ(field(answer, "Content-Length"), "1099511627776");
  EXPECT_EQ(content(answer), "");
  answer = get("/huge.bin", "Range: bytes=-3\r\n");
  EXPECT_EQ(status(answer), "206");
  EXPECT_EQ(field(answer, "Content-Range"), "bytes 1099511627773-1099511627775/1099511627776");
  EXPECT_EQ(content(answer), std::string(3, '\0'));
}

std::string decompress(const std::string& text) {
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(100'000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST_F(FilesTest, CompressesTextForWhoTakesIt) {
  std::string text;
  for (int i = 0; i != 1000; ++i) text += "line " + std::to_string(i) + "\n";
  write("text.txt", text);
  std::string answer = get("/text.txt", "Accept-Encoding: br, gzip\r\n");
  EXPECT_EQ(field(answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(field(answer, "Vary"), "Accept-Encoding");
  EXPECT_LT(content(answer).size(), text.size() / 2);
  EXPECT_EQ(decompress(content(answer)), text);
  std::string plain = get("/text.txt");
  EXPECT_EQ(field(plain, "Content-Encoding"), "");
  EXPECT_EQ(field(plain, "Vary"), "Accept-Encoding");
  EXPECT_EQ(content(plain), text);
  EXPECT_NE(field(plain, "ETag"), field(answer, "ETag")) << "they are different representations";
  options_.set_compress(false);
  EXPECT_EQ(content(get("/text.txt", "Accept-Encoding: gzip\r\n")), text);
}

TEST_F(FilesTest, NoticesAChangeAfterItsTime) {
  Result<Files> files = Files::open(root_.string(), options_);
  ASSERT_TRUE(files);
  Router router;
  router.get("/{path...}", *files);
  ManualLoop loop;
  loop.expect_posts();
  Server server(detail::Named<Router>(router), ServerOptions{});
  auto ask_once = [&] {
    Peer peer({request("/hello.txt")});
    Result<> outcome = loop.run_task(exchange_task, server, peer);
    EXPECT_TRUE(outcome);
    return content(peer.got);
  };
  EXPECT_EQ(ask_once(), "0123456789");
  write("hello.txt", "changed, and longer");
  loop.advance(1100ms);
  EXPECT_EQ(ask_once(), "changed, and longer");
  fs::remove(root_ / "hello.txt");
  loop.advance(1100ms);
  EXPECT_EQ(ask_once(), "Not Found\n");
}

TEST_F(FilesTest, RefusesAFolderThatIsNone) {
  Result<Files> missing = Files::open((root_ / "nothing").string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(), Errc::address_not_available);
  EXPECT_FALSE(Files::open((root_ / "hello.txt").string()));
}

}  // namespace
}  // namespace net::http
