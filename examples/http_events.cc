// Server-sent events: each browser, or `curl -N`, is told the time that the server has been running, once a
// second.
#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/http/event_stream.h"
#include "net/http/server.h"
#include "net/net.h"

using namespace std::chrono_literals;

constexpr std::string_view kPage = R"(<!doctype html>
<meta charset="utf-8"><link rel="icon" href="data:,"><title>Events</title>
<h1>Running for <span id="seconds">…</span> s</h1>
<script>
new EventSource("/events").addEventListener("seconds", event => {
  document.getElementById("seconds").textContent = event.data;
});
</script>
)";

net::Task<> page(net::http::Request&, net::http::Response& response) {
  co_await response.header("Content-Type", "text/html; charset=utf-8").send(kPage);
}

net::Task<> events(net::http::Request&, net::http::Response& response) {
  net::http::EventStream stream(response);
  net::TimePoint next = net::Clock::now();
  for (std::uint32_t seconds = 0;; ++seconds) {
    net::Text<16> text;
    text << seconds;
    co_await stream.send(text.text(), "seconds");  // fails, and ends this task, when the peer has gone
    next += 1s;
    co_await net::sleep_until(next);
  }
}

net::Task<> serve(std::string_view host, std::uint16_t port) {
  net::http::Router router;
  router.get("/", page).get("/events", events);
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  co_await net::http::serve(listener, router);
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 8080;
  example::Options options(argc, argv, "Tells browsers the time by server-sent events.");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
