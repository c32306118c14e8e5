// A page that shows a board's lights and sensors, and switches the lights.
#include <charconv>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/panel.h"
#include "examples/say.h"
#include "net/http/server.h"
#include "net/net.h"

using net::http::Request;
using net::http::Response;

constexpr std::string_view kPage = R"(<!doctype html>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Board</title>
<style>
body{font:16px system-ui;max-width:30em;margin:2em auto;padding:0 1em}
button{width:3em;height:3em;margin:.2em;border:1px solid #888;border-radius:50%;background:#eee}
button[aria-pressed=true]{background:#f80;box-shadow:0 0 .8em #f80}
td{padding:.2em 1em .2em 0}
</style>
<h1>Board</h1><h2>Lights</h2><p id="lights"></p><h2>Sensors</h2><table id="sensors"></table>
<script>
const lights = document.getElementById("lights"), sensors = document.getElementById("sensors");
let asked = 0, shown = 0;
function addLight() {
  const number = lights.childElementCount, button = document.createElement("button");
  button.textContent = number;
  button.onclick = async () => {
    const on = button.getAttribute("aria-pressed") === "true";
    await fetch("/lights/" + number, {method: "PUT", body: on ? "off" : "on"});
    show();
  };
  lights.append(button);
}
async function show() {
  const mine = ++asked, state = await (await fetch("/state")).json();
  if (mine < shown) return;  // a newer answer was faster
  shown = mine;
  while (lights.childElementCount < state.lights.length) addLight();
  state.lights.forEach((on, number) => lights.children[number].setAttribute("aria-pressed", on));
  sensors.replaceChildren(...state.sensors.map(({name, value, unit}) => {
    const row = document.createElement("tr");
    for (const text of [name, value + " " + unit]) row.insertCell().textContent = text;
    return row;
  }));
}
show();
setInterval(show, 2000);
</script>
)";

net::Task<> page(Request&, Response& response) {
  co_await response.header("Content-Type", "text/html; charset=utf-8").send(kPage);
}

net::Task<> state(Request&, Response& response) {
  net::Text<512> json;
  json << "{\"lights\":[";
  for (std::size_t i = 0; i != example::lights(); ++i)
    json << (i == 0 ? "" : ",") << (example::light(i) ? "true" : "false");
  json << "],\"sensors\":[";
  const char* comma = "";
  std::size_t number = 0;
  for (const example::Sensor& sensor : example::sensors()) {
    json << comma << "{\"name\":\"" << sensor.name << "\",\"value\":" << example::measure(number++)
         << ",\"unit\":\"" << sensor.unit << "\"}";
    comma = ",";
  }
  json << "]}";
  co_await response.header("Content-Type", "application/json")
      .header("Cache-Control", "no-store")
      .send(json.text());
}

net::Task<> switch_light(Request& request, Response& response) {
  std::string_view text = request.parameter("number");
  std::size_t number = example::lights();
  bool is_number =
      std::from_chars(text.data(), text.data() + text.size(), number).ptr == text.data() + text.size();
  if (!is_number || number >= example::lights()) {
    co_await response.status(404).send("There is no such light.\n");
    co_return;
  }
  std::string_view wanted = co_await request.text();
  if (wanted != "on" && wanted != "off") {
    co_await response.status(400).send("A light is \"on\" or \"off\".\n");
    co_return;
  }
  example::set_light(number, wanted == "on");
  response.status(204);
}

net::Task<> serve(std::string_view host, std::uint16_t port) {
  net::http::Router router;
  router.get("/", page).get("/state", state).put("/lights/{number}", switch_light);
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  net::http::ServerOptions options;
  options.set_body_bytes(16);
  co_await net::http::serve(listener, router, std::move(options));
}

int main(int argc, char** argv) {
  std::string_view host;
  std::uint16_t port = 8080;
  example::Options options(argc, argv, "A page of the board's lights and sensors.");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, host, port);
}
