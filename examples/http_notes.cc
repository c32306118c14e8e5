// A JSON API over a store: notes, kept by SQLite. Desktop only.
//
//   POST /notes {"text":"…"}     201 and the note      GET /notes/{id}      200 or 404
//   GET /notes                   the newest 100        PUT /notes/{id}      200 or 404
//                                                      DELETE /notes/{id}   204 or 404
//
// A note comes as application/json, else 415: a browser sends that for a page of another origin only if this
// server allows it, which it does not; what a form can send would be stored for any page. It is at most 16 KiB,
// else 413: these bound what one answer takes, which many may ask for and not read.
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include "examples/host.h"
#include "examples/options.h"
#include "examples/say.h"
#include "net/core/blocking.h"
#include "net/http/hosts.h"
#include "net/http/server.h"
#include "net/http/syntax.h"
#include "net/net.h"

using net::http::Request;
using net::http::Response;
using nlohmann::json;

constexpr std::size_t kNoteBytes = 16 << 10;

// The store. Its functions wait for the disk: they are called on a thread of the pool, one at a time, and throw
// what SQLite says; a handler that throws is answered 500.
class Store {
 public:
  explicit Store(const std::string& path) {
    sqlite3* opened = nullptr;
    int code = sqlite3_open(path.c_str(), &opened);
    database_.reset(opened);
    check(code);
    run("PRAGMA journal_mode=WAL");
    run("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)");
  }

  json add(const std::string& text) {
    Statement statement(*this, "INSERT INTO notes (text) VALUES (?1)");
    statement.bind(1, text);
    statement.step();
    return note(sqlite3_last_insert_rowid(database_.get()), text);
  }
  json newest() {
    Statement statement(
        *this, "SELECT id, text FROM (SELECT id, text FROM notes ORDER BY id DESC LIMIT 100) ORDER BY id");
    json found = json::array();
    while (statement.step()) found.push_back(note(statement.number(0), statement.text(1)));
    return found;
  }
  std::optional<json> find(std::int64_t id) {
    Statement statement(*this, "SELECT text FROM notes WHERE id = ?1");
    statement.bind(1, id);
    if (!statement.step()) return std::nullopt;
    return note(id, statement.text(0));
  }
  bool change(std::int64_t id, const std::string& text) {
    Statement statement(*this, "UPDATE notes SET text = ?2 WHERE id = ?1");
    statement.bind(1, id);
    statement.bind(2, text);
    statement.step();
    return sqlite3_changes(database_.get()) != 0;
  }
  bool remove(std::int64_t id) {
    Statement statement(*this, "DELETE FROM notes WHERE id = ?1");
    statement.bind(1, id);
    statement.step();
    return sqlite3_changes(database_.get()) != 0;
  }

  net::Semaphore turn{1};

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  class Statement {
   public:
    Statement(Store& store, const char* sql) : store_(store) {
      store_.check(sqlite3_prepare_v2(store_.database_.get(), sql, -1, &statement_, nullptr));
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_finalize(statement_); }

    void bind(int at, std::int64_t value) { store_.check(sqlite3_bind_int64(statement_, at, value)); }
    void bind(int at, const std::string& value) {
      store_.check(
          sqlite3_bind_text(statement_, at, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
    }
    bool step() {
      int code = sqlite3_step(statement_);
      if (code != SQLITE_ROW && code != SQLITE_DONE) store_.check(code);
      return code == SQLITE_ROW;
    }
    [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
    [[nodiscard]] std::string text(int column) const {
      const unsigned char* data = sqlite3_column_text(statement_, column);
      return {reinterpret_cast<const char*>(data),
              static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

   private:
    Store& store_;
    sqlite3_stmt* statement_ = nullptr;
  };

  static json note(std::int64_t id, const std::string& text) { return {{"id", id}, {"text", text}}; }
  void run(const char* sql) { Statement(*this, sql).step(); }
  void check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_.get()));
  }

  std::unique_ptr<sqlite3, Close> database_;
};

// Calls `function(store)` on a thread of the pool, and gives what it gives.
template <class Function>
net::Task<std::invoke_result_t<Function, Store&>> ask(Store& store, Function function) {
  net::Permit permit = co_await store.turn.acquire();
  auto asking = net::blocking([&] { return function(store); });
  co_return co_await asking;
}

std::string text_of(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}
net::Task<> answer_text(Response& response, int status, const std::string& text) {
  co_await response.status(status).header("Content-Type", "application/json").send(text);
}
net::Task<> answer(Response& response, int status, const json& body) {
  std::string text = text_of(body);
  co_await answer_text(response, status, text);
}
net::Task<> answer_error(Response& response, int status, const char* why) {
  json body = {{"error", why}};
  co_await answer(response, status, body);
}

bool is_json(Request& request) {
  std::string_view type = request.header("Content-Type");
  type = type.substr(0, type.find(';'));
  type = type.substr(0, type.find_last_not_of(" \t") + 1);
  return net::http::same_ignoring_case(type, "application/json");
}
// The text of a note in the request's body; nothing if there is none.
std::optional<std::string> note_in(std::string_view body) {
  json parsed = json::parse(body, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  auto text = parsed.find("text");
  if (text == parsed.end() || !text->is_string()) return std::nullopt;
  return text->get<std::string>();
}
std::int64_t id_of(Request& request) {
  std::string_view text = request.parameter("id");
  std::int64_t id = -1;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
  return parsed.ptr == text.data() + text.size() && parsed.ec == std::errc() ? id : -1;
}

class Notes {
 public:
  explicit Notes(Store& store) : store_(store) {}

  net::Task<> list(Request&, Response& response) {
    auto list_them = [](Store& store) { return text_of(store.newest()); };
    std::string found = co_await ask(store_, list_them);
    co_await answer_text(response, 200, found);
  }
  net::Task<> add(Request& request, Response& response) {
    if (!is_json(request)) {
      co_await answer_error(response, 415, "not application/json");
      co_return;
    }
    std::string_view body = co_await request.text();
    std::optional<std::string> text = note_in(body);
    if (!text) {
      co_await answer_error(response, 400, "a note is {\"text\": \"...\"}");
      co_return;
    }
    auto add_it = [&text](Store& store) { return store.add(*text); };
    json added = co_await ask(store_, add_it);
    net::Text<64> location;
    location << "/notes/" << added["id"].get<std::uint64_t>();
    response.header("Location", location.text());
    co_await answer(response, 201, added);
  }
  net::Task<> get(Request& request, Response& response) {
    std::int64_t id = id_of(request);
    auto find = [id](Store& store) { return store.find(id); };
    std::optional<json> found = co_await ask(store_, find);
    if (found) {
      co_await answer(response, 200, *found);
    } else {
      co_await answer_error(response, 404, "no such note");
    }
  }
  net::Task<> change(Request& request, Response& response) {
    std::int64_t id = id_of(request);
    if (!is_json(request)) {
      co_await answer_error(response, 415, "not application/json");
      co_return;
    }
    std::string_view body = co_await request.text();
    std::optional<std::string> text = note_in(body);
    if (!text) {
      co_await answer_error(response, 400, "a note is {\"text\": \"...\"}");
      co_return;
    }
    auto change_it = [id, &text](Store& store) { return store.change(id, *text); };
    bool changed = co_await ask(store_, change_it);
    if (changed) {
      json body_now = {{"id", id}, {"text", *text}};
      co_await answer(response, 200, body_now);
    } else {
      co_await answer_error(response, 404, "no such note");
    }
  }
  net::Task<> remove(Request& request, Response& response) {
    std::int64_t id = id_of(request);
    auto remove_it = [id](Store& store) { return store.remove(id); };
    bool removed = co_await ask(store_, remove_it);
    if (removed) {
      response.status(204);
    } else {
      co_await answer_error(response, 404, "no such note");
    }
  }

 private:
  Store& store_;
};

net::Task<> serve(std::string_view path, std::string_view host, std::uint16_t port) {
  Store store{std::string(path)};
  Notes notes(store);
  net::http::Router router;
  // No page of another site is to read what this computer keeps for itself.
  if (!host.empty()) router.use(net::http::Hosts({&host, 1}));
  router.get("/notes", [&notes](Request& a, Response& b) -> net::Task<> { co_await notes.list(a, b); });
  router.post("/notes", [&notes](Request& a, Response& b) -> net::Task<> { co_await notes.add(a, b); });
  router.get("/notes/{id}", [&notes](Request& a, Response& b) -> net::Task<> { co_await notes.get(a, b); });
  router.put("/notes/{id}", [&notes](Request& a, Response& b) -> net::Task<> { co_await notes.change(a, b); });
  router.remove("/notes/{id}",
                [&notes](Request& a, Response& b) -> net::Task<> { co_await notes.remove(a, b); });
  net::Listener listener = co_await example::listen(host, port);
  example::say("listening on ", listener.local());
  net::http::ServerOptions options;
  options.set_body_bytes(kNoteBytes);
  co_await net::http::serve(listener, router, std::move(options));
}

int main(int argc, char** argv) {
  std::string_view path = "notes.db";
  std::string_view host = "127.0.0.1";
  std::uint16_t port = 8080;
  example::Options options(argc, argv, "A JSON API over notes that SQLite keeps.");
  options.add("--store", path, "the store's file; \":memory:\" forgets");
  options.add("--host", host, "the address to listen on; all if empty");
  options.add("--port", port, "the port; 0: any free one");
  if (!options.parse()) return options.status();
  return net::run(serve, path, host, port);
}
