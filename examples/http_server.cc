// A small site with a dashboard of the server itself: open connections, requests a second, the loop's delay,
// memory, and the tree of tasks, live by a WebSocket. The same handlers run on a board.
#include <algorithm>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/core/memory.h"
#include "net/http/server.h"
#include "net/net.h"
#include "net/websocket/accept.h"

using namespace std::chrono_literals;
namespace http = net::http;
namespace websocket = net::websocket;

constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Eddy</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #223; }
  #figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; }
  figure { margin: 0; padding: .75rem 1rem; border: 1px solid #ccd; border-radius: .5rem; }
  figcaption { color: #667; }
  output { font-size: 1.75rem; font-variant-numeric: tabular-nums; }
  svg { width: 100%; height: 3rem; display: block; }
  polyline { fill: none; stroke: #27c; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
  pre { background: #f5f6f8; padding: 1rem; overflow-x: auto; font-size: .85rem; }
  #state { color: #a30; }
</style>
<h1>Eddy <small id="state"></small></h1>
<div id="figures"></div>
<h2>Tasks</h2>
<pre id="tasks"></pre>
<p><a href="/hello/Eddy">/hello/Eddy</a> · <a href="/slow">/slow</a> takes three seconds: look at the tasks meanwhile ·
<a href="/figures">/figures</a> as JSON</p>
<script>
  const kinds = [
    ['connections', 'open connections', ''], ['requests', 'requests a second', ''],
    ['delay', 'delay of the loop', ' µs'], ['memory', 'memory of tasks', ' bytes'],
  ];
  const shown = kinds.map(([key, caption, unit]) => {
    const figure = document.createElement('figure');
    figure.innerHTML = `<figcaption>${caption}</figcaption><output id="${key}">–</output>` +
      '<svg viewBox="0 0 60 20" preserveAspectRatio="none"><polyline/></svg>';
    document.querySelector('#figures').append(figure);
    return {key, unit, past: [], output: figure.querySelector('output'), line: figure.querySelector('polyline')};
  });
  function connect() {
    const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/live');
    const state = document.querySelector('#state');
    socket.onopen = () => state.textContent = '';
    socket.onmessage = (event) => {
      const news = JSON.parse(event.data);
      for (const {key, unit, past, output, line} of shown) {
        output.textContent = news[key].toLocaleString('en') + unit;
        past.push(news[key]);
        if (past.length > 61) past.shift();
        const most = Math.max(1, ...past);
        line.setAttribute('points', past.map((value, i) => `${i},${19 - 18 * value / most}`).join(' '));
      }
      document.querySelector('#tasks').textContent = news.tasks.join('\n');
    };
    socket.onclose = () => {
      state.textContent = 'not connected';
      setTimeout(connect, 1000);
    };
  }
  connect();
</script>
</html>
)html";

// What the dashboard shows. A task measures it once a second.
class Figures {
 public:
  http::ServerCounters counters;
  std::uint32_t requests_per_second = 0;
  std::uint32_t delay = 0;  // of the loop, in microseconds: how late it woke this task, at most

  net::Task<> measure() {
    std::uint64_t before = counters.requests;
    net::TimePoint next = net::Clock::now();
    for (;;) {
      net::Duration latest{};
      for (int i = 0; i != 10; ++i) {
        next += 100ms;
        co_await net::sleep_until(next);
        latest = std::max(latest, net::Clock::now() - next);
      }
      requests_per_second = static_cast<std::uint32_t>(counters.requests - before);
      before = counters.requests;
      delay = static_cast<std::uint32_t>(latest / 1us);
    }
  }
};

constexpr std::size_t kReport = 4096;

// The figures as JSON, made anew at most ten times a second, however many ask: a dump of the tasks takes the
// longer the more there are.
class Report {
 public:
  explicit Report(const Figures& figures) : figures_(figures) {}

  // *Lifetime*: up to the next await, in which others may ask for a newer one.
  [[nodiscard]] std::string_view text() {
    net::TimePoint now = net::Clock::now();
    if (now >= until_) {
      until_ = now + 100ms;
      make();
    }
    return json_.text();
  }

 private:
  static constexpr std::size_t kLongestLine = 256;

  void make() {
    json_.clear();
    any_ = false;
    json_ << "{\"connections\":" << static_cast<std::uint64_t>(figures_.counters.open)
          << ",\"requests\":" << figures_.requests_per_second << ",\"delay\":" << figures_.delay
          << ",\"memory\":" << static_cast<std::uint64_t>(net::memory_statistics().bytes) << ",\"tasks\":[";
    net::dump_tasks(net::Loop::current(), add_line, this);
    json_ << "]}";
  }

  // A line may have any byte of a peer's in it.
  static void add_line(std::string_view line, void* report) {
    auto& self = *static_cast<Report*>(report);
    if (self.json_.text().size() > kReport - 2 * kLongestLine) return;
    if (std::exchange(self.any_, true)) self.json_ << ',';
    self.json_ << '"';
    for (char c : line.substr(0, kLongestLine - 8)) {
      if (c == '"' || c == '\\') self.json_ << '\\';
      self.json_ << (c >= ' ' && c < 127 ? c : '?');
    }
    self.json_ << '"';
  }

  const Figures& figures_;
  net::TimePoint until_{};
  net::Text<kReport> json_;
  bool any_ = false;
};

class Site {
 public:
  explicit Site(Figures& figures) : report_(figures) {}

  net::Task<> report(http::Response& response) {
    net::Text<kReport> copy;
    copy << report_.text();
    co_await response.header("Content-Type", "application/json").send(copy.text());
  }

  net::Task<> live(http::Request& request, http::Response& response) {
    websocket::WebSocket socket = co_await websocket::accept(request, response);
    if (!socket) co_return;
    co_await net::any(listen_to(socket), tell(socket));
  }

 private:
  // What the browser says is not of interest, but that it goes is.
  static net::Task<> listen_to(websocket::WebSocket& socket) {
    for (;;) {
      websocket::Message message = co_await socket.read();
      if (!message) co_return;
    }
  }
  net::Task<> tell(websocket::WebSocket& socket) {
    for (;;) {
      {
        net::Text<kReport> copy;
        copy << report_.text();
        co_await socket.write_text(copy.text());
      }
      co_await net::sleep(1s);
    }
  }

  Report report_;
};

net::Task<> page(http::Request&, http::Response& response) {
  co_await response.header("Content-Type", "text/html; charset=utf-8").send(kPage);
}
net::Task<> hello(http::Request& request, http::Response& response) {
  net::Text<256> text;
  text << "Hello, " << request.parameter("name") << "\n";
  co_await response.send(text.text());
}
net::Task<> slow(http::Request&, http::Response& response) {
  co_await net::sleep(3s);
  co_await response.send("That took a while.\n");
}

net::Task<> serve(std::string_view host, std::uint16_t port) {
  Figures figures;
  Site site(figures);
  http::Router router;
  router.get("/", page).get("/hello/{name}", hello).get("/slow", slow);
  router.get("/figures", [&site](http::Request&, http::Response& response) -> net::Task<> {
    co_await site.report(response);
  });
  router.get("/live", [&site](http::Request& request, http::Response& response) -> net::Task<> {
    co_await site.live(request, response);
  });
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  http::ServerOptions options;
  options.set_counters(&figures.counters);
  net::Task<> serving = http::serve(listener, router, std::move(options));
  co_await net::all(std::move(serving), figures.measure());
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 8080;
  example::Options options(argc, argv, "A small site with a dashboard of itself.");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
