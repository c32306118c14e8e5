// HTTP/1.1 on Boost.Beast over Asio's C++20 coroutines: the shape of Beast's own example for them, with its
// timeout and its message generator, and a date, which Beast leaves to its user. `beast_http FILE`.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Stream = typename beast::tcp_stream::rebind_executor<
    asio::use_awaitable_t<>::executor_with_default<asio::any_io_executor>>::other;
using Request = http::request<http::string_body>;

namespace {

constexpr int kBacklog = 4096;
constexpr std::chrono::seconds kTimeout(30);

// The date of this second.
const std::string& date() {
  static std::time_t of = 0;
  static std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != of) {
    char buffer[64];
    std::tm utc{};
    text.assign(buffer,
                std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &utc)));
    of = now;
  }
  return text;
}

template <class Body>
http::message_generator finished(http::response<Body>&& response, const Request& request, const char* type) {
  response.set(http::field::server, "beast");
  response.set(http::field::date, date());
  response.set(http::field::content_type, type);
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  return std::move(response);
}

http::message_generator text(const Request& request, http::status status, const char* type,
                             const char* content) {
  http::response<http::string_body> response(status, request.version());
  response.body() = content;
  return finished(std::move(response), request, type);
}

http::message_generator answer(const Request& request, const char* path) {
  if (request.method() == http::verb::get) {
    if (request.target() == "/plaintext") return text(request, http::status::ok, "text/plain", "Hello, World!");
    if (request.target() == "/json")
      return text(request, http::status::ok, "application/json", R"({"message":"Hello, World!"})");
    if (request.target() == "/file") {
      beast::error_code error;
      http::response<http::file_body> response(http::status::ok, request.version());
      response.body().open(path, beast::file_mode::scan, error);
      if (!error) return finished(std::move(response), request, "application/octet-stream");
    }
  }
  return text(request, http::status::not_found, "text/plain", "not found\n");
}

asio::awaitable<void> session(Stream stream, const char* path) {
  beast::flat_buffer buffer;
  try {
    for (;;) {
      stream.expires_after(kTimeout);
      Request request;
      co_await http::async_read(stream, buffer, request);
      http::message_generator response = answer(request, path);
      const bool keep_alive = response.keep_alive();
      co_await beast::async_write(stream, std::move(response), asio::use_awaitable);
      if (!keep_alive) break;
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() != http::error::end_of_stream) co_return;
  }
  beast::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> serve(tcp::acceptor& acceptor, const char* path) {
  for (;;) {
    tcp::socket peer = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), session(Stream(std::move(peer)), path), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 1;
  asio::io_context context(1);  // one thread: Asio leaves out some of its locking
  tcp::acceptor acceptor(context, tcp::v4());
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.set_option(tcp::no_delay(true));  // accepted sockets inherit it
  acceptor.listen(kBacklog);
  std::printf("port %u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, serve(acceptor, argv[1]), asio::detached);
  context.run();
}
