// A router does what router.h says. Routes and requests are made of the input's bytes; who is to answer is
// found by looking at every route, one segment after another.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/http_messages.h"
#include "tests/unit/http/server/exchange.h"

namespace {

using net::Task;
using net::http::Handler;
using net::http::Next;
using net::http::Request;
using net::http::Response;

constexpr std::size_t kMostParameters = 8;
// The status for what has no route, where it is not 404. 200 would make a tunnel of CONNECT.
constexpr int kOtherwise = 410;
// One more than a path may have parameters, so that there is always one that it does not have.
constexpr std::array<const char*, 9> kNames = {"a", "b", "id", "name", "rest", "x.y", "a b", "A", "{"};
constexpr std::array<std::string_view, 12> kTexts = {"a",   "b",  "ab",       "",   "A",   "a b",
                                                     "%41", "..", "\xc3\xa9", "{a", "a}b", "*"};
constexpr std::array<std::string_view, 14> kMethods = {
    "GET",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "get",
    "CONNECT",
    "M!",
    "MKCOL",
    "VERSION-CONTROL",
    "A-METHOD-WITH-A-NAME-OF-SO-MANY-CHARACTERS-THAT-HARDLY-ANY-OTHER-FITS-BESIDE-IT-IN-A-LINE-OF-TEXT"};

// The input, taken byte by byte; zeros behind its end.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}
  std::size_t below(std::size_t count) {
    if (rest_.empty()) return 0;
    std::size_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte % count;
  }
  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& texts) {
    return texts[below(N)];
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::span<const std::uint8_t> rest_;
};

struct Segment {
  enum class Kind { kGiven, kParameter, kRest };
  Kind kind = Kind::kGiven;
  std::string text;
};

struct Entry {
  std::string method;
  std::string path;
  std::vector<Segment> segments;
};

struct Asked {
  std::string method;
  std::string target;
};

// Parameters at one place have one name, so it belongs to the path up to there.
using PlaceNames = std::map<std::string, std::string>;

Entry make_route(Input& input, const std::vector<Entry>& before, PlaceNames& names) {
  Entry route;
  if (!before.empty() && input.below(2) == 0) route = before[input.below(before.size())];
  route.method = input.one_of(kMethods);
  if (!route.path.empty()) return route;
  std::vector<std::string> used;
  std::size_t count = 1 + input.below(16) % 10;
  for (std::size_t i = 0; i != count; ++i) {
    Segment segment;
    std::size_t kind = input.below(8);
    bool may_name = used.size() != kMostParameters;
    if (kind < 4 || !may_name) {
      segment.text = input.one_of(kTexts);
    } else {
      segment.kind = kind < 7 ? Segment::Kind::kParameter : Segment::Kind::kRest;
      std::string& name = names[route.path + (kind < 7 ? "/{" : "/...")];
      if (name.empty()) {
        std::size_t first = input.below(kNames.size());
        while (std::find(used.begin(), used.end(), kNames[first % kNames.size()]) != used.end()) ++first;
        name = kNames[first % kNames.size()];
      }
      segment.text = name;
      used.push_back(name);
    }
    route.path += '/';
    if (segment.kind == Segment::Kind::kGiven) route.path += segment.text;
    if (segment.kind == Segment::Kind::kParameter) route.path += '{' + segment.text + '}';
    if (segment.kind == Segment::Kind::kRest) route.path += '{' + segment.text + "...}";
    route.segments.push_back(segment);
    if (segment.kind == Segment::Kind::kRest) break;
  }
  return route;
}

// As it may stand in a target, some of it encoded that need not be.
std::string encoded(Input& input, std::string_view text) {
  static constexpr std::string_view kPlain = "abAid.*{}-_~!$&'()+,;=:@[]|^`0123456789";
  std::string all;
  std::size_t how = input.below(4);
  for (char c : text) {
    if (how != 0 && kPlain.find(c) != std::string_view::npos) {
      all += c;
      continue;
    }
    std::string_view digits = how == 1 ? "0123456789abcdef" : "0123456789ABCDEF";
    auto byte = static_cast<unsigned char>(c);
    all += '%';
    all += digits[byte / 16];
    all += digits[byte % 16];
  }
  return all;
}

std::string make_value(Input& input) {
  if (input.below(2) == 0) return std::string(input.one_of(kTexts));
  std::string value(input.below(4), ' ');
  for (char& c : value) c = static_cast<char>(input.below(256));
  return value;
}

// The path of a request, near that of a route.
std::string make_path(Input& input, const std::vector<Entry>& routes) {
  const Entry* near = routes.empty() ? nullptr : &routes[input.below(routes.size())];
  std::size_t count = near != nullptr ? near->segments.size() : 1;
  std::size_t more = input.below(8);
  if (more == 0 && count > 1) --count;
  if (more < 3) count += more;
  std::string path;
  for (std::size_t i = 0; i != count; ++i) {
    bool same = near != nullptr && i < near->segments.size() && input.below(4) != 0;
    bool given = same && near->segments[i].kind == Segment::Kind::kGiven;
    path += '/' + encoded(input, given ? near->segments[i].text : make_value(input));
  }
  return path;
}

Asked make_request(Input& input, const std::vector<Entry>& routes) {
  Asked asked;
  asked.method = input.one_of(kMethods);
  if (asked.method == "CONNECT") {
    asked.target = "h:80";
    return asked;
  }
  std::size_t form = input.below(8);
  if (form == 0 && asked.method == "OPTIONS") {
    asked.target = "*";
    return asked;
  }
  asked.target = make_path(input, routes);
  if (form == 1) asked.target = "http://h" + (asked.target == "/" ? "" : asked.target);
  if (form == 2) asked.target += "?x=%2f/" + encoded(input, make_value(input));
  return asked;
}

std::string decoded(std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      all += text[i];
      continue;
    }
    all += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
    i += 2;
  }
  return all;
}

// What is answered, and what the handlers note.
struct Answer {
  int status = 0;
  std::vector<std::string> allow;  // sorted
  std::string content;
  std::string log;
};

using Parameters = std::map<std::string, std::string, std::less<>>;

// Whether the path, without its first slash, is one of the route.
bool fits(const Entry& route, std::string_view path, Parameters& parameters) {
  for (std::size_t i = 0; i != route.segments.size(); ++i) {
    const Segment& wanted = route.segments[i];
    if (wanted.kind == Segment::Kind::kRest) {
      parameters[wanted.text] = decoded(path);
      return true;
    }
    std::size_t slash = path.find('/');
    std::string segment = decoded(path.substr(0, slash));
    if (wanted.kind == Segment::Kind::kGiven && segment != wanted.text) return false;
    if (wanted.kind == Segment::Kind::kParameter) {
      if (segment.empty()) return false;
      parameters[wanted.text] = segment;
    }
    bool last = i + 1 == route.segments.size();
    if (last != (slash == std::string_view::npos)) return false;
    path.remove_prefix(last ? path.size() : slash + 1);
  }
  return true;
}

// Whether a is more given than b: at the first place where they differ.
bool goes_before(const Entry& a, const Entry& b) {
  for (std::size_t i = 0; i < a.segments.size() && i < b.segments.size(); ++i) {
    if (a.segments[i].kind != b.segments[i].kind) return a.segments[i].kind < b.segments[i].kind;
  }
  return false;
}

std::string told(const std::string& who, const Parameters& parameters) {
  std::string text = who;
  for (const char* name : kNames) {
    auto found = parameters.find(name);
    std::string value = found == parameters.end() ? std::string() : found->second;
    text += std::string(" ") + name + '=' + std::to_string(value.size()) + ':' + value;
  }
  return text;
}

Answer expected(const std::vector<Entry>& routes, const Asked& asked, bool has_otherwise) {
  Answer answer;
  answer.status = 404;
  if (asked.target == "*") {
    answer.status = 204;
    return answer;
  }
  const Entry* best = nullptr;
  std::string_view target = asked.target;
  if (target.starts_with("http://h")) target.remove_prefix(8);
  target = target.substr(0, target.find('?'));
  if (target.empty()) target = "/";
  if (target.starts_with('/')) {
    for (const Entry& route : routes) {
      Parameters ignored;
      if (!fits(route, target.substr(1), ignored)) continue;
      if (best == nullptr || goes_before(route, *best)) best = &route;
    }
  }
  if (best == nullptr) {
    if (has_otherwise) {
      answer.status = kOtherwise;
      answer.content = answer.log = told("otherwise", {});
    }
    return answer;
  }
  std::map<std::string, std::size_t> methods;
  for (std::size_t i = 0; i != routes.size(); ++i) {
    if (routes[i].path == best->path) methods[routes[i].method] = i;
  }
  auto chosen = methods.find(asked.method);
  if (chosen == methods.end() && asked.method == "HEAD") chosen = methods.find("GET");
  if (chosen != methods.end()) {
    Parameters parameters;
    fits(*best, target.substr(1), parameters);
    answer.status = 200;
    answer.content = answer.log = told(std::to_string(chosen->second), parameters);
    return answer;
  }
  answer.status = asked.method == "OPTIONS" ? 204 : 405;
  if (methods.contains("GET")) methods["HEAD"];
  methods["OPTIONS"];
  for (const auto& each : methods) answer.allow.push_back(each.first);
  return answer;
}

// Takes the next answer off the front of what came.
bool take_answer(std::string_view& got, std::string_view method, Answer& answer) {
  std::size_t size = got.find("\r\n\r\n");
  if (size == std::string_view::npos || !got.starts_with("HTTP/1.1 ")) return false;
  answer.status = std::atoi(std::string(got.substr(9, 3)).c_str());
  std::string head(got.substr(0, size + 2));
  got.remove_prefix(size + 4);
  std::size_t length = 0;
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    std::size_t end = head.find("\r\n", at);
    std::string line = head.substr(at, end - at);
    at = end + 2;
    if (line.starts_with("Content-Length: ")) length = std::strtoul(line.c_str() + 16, nullptr, 10);
    if (!line.starts_with("Allow: ")) continue;
    for (std::string rest = line.substr(7) + ", "; !rest.empty();) {
      std::size_t comma = rest.find(", ");
      answer.allow.push_back(rest.substr(0, comma));
      rest.erase(0, comma + 2);
    }
  }
  std::sort(answer.allow.begin(), answer.allow.end());
  if (method == "HEAD") return true;
  if (length > got.size()) return false;
  answer.content = got.substr(0, length);
  got.remove_prefix(length);
  return true;
}

std::string list(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& each : texts) all += each + ' ';
  return all;
}

void print(const char* what, const Answer& answer) {
  std::fprintf(stderr, "%s: %d, Allow: %s, content %s, log %s\n", what, answer.status,
               list(answer.allow).c_str(), net::http::in_quotes(answer.content).c_str(),
               net::http::in_quotes(answer.log).c_str());
}

[[noreturn]] void fail(const std::vector<Entry>& routes, const Asked& asked) {
  for (const Entry& route : routes) {
    std::fprintf(stderr, "%s %s\n", route.method.c_str(), net::http::in_quotes(route.path).c_str());
  }
  std::fprintf(stderr, "asked %s %s\n", asked.method.c_str(), asked.target.c_str());
  std::abort();
}

// One connection with a router that has these routes, and whose handlers and middleware note what they do.
class Conversation {
 public:
  Conversation(const std::vector<Entry>& routes, std::size_t layers, bool has_otherwise) {
    for (std::size_t i = 0; i != layers; ++i) {
      router_.use([this, i](Request& request, Response& response, Next next) -> Task<> {
        log_ += std::to_string(i) + '(';
        co_await next(request, response);
        log_ += ')' + std::to_string(response.status());
        if (i == 0) logs_.push_back(std::exchange(log_, {}));
      });
    }
    for (std::size_t i = 0; i != routes.size(); ++i) {
      router_.add(routes[i].method, routes[i].path, teller(std::to_string(i), 200));
    }
    if (has_otherwise) router_.otherwise(teller("otherwise", kOtherwise));
  }

  std::string run(const std::string& sent) {
    return net::http::exchange(Handler(net::http::detail::Named<net::http::Router>(router_)), sent);
  }
  // What was noted for each request, if there is middleware.
  [[nodiscard]] const std::vector<std::string>& logs() const { return logs_; }

 private:
  Handler teller(std::string who, int status) {
    return [this, who = std::move(who), status](Request& request, Response& response) -> Task<> {
      Parameters parameters;
      for (const char* name : kNames) parameters[name] = request.parameter(name);
      std::string text = told(who, parameters);
      log_ += text;
      co_await response.status(status).send(text);
    };
  }

  net::http::Router router_;
  std::string log_;
  std::vector<std::string> logs_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  std::size_t layers = input.below(3);
  bool has_otherwise = input.below(2) != 0;
  std::vector<Entry> routes;
  PlaceNames names;
  for (std::size_t count = input.below(12); count != 0; --count) {
    Entry route = make_route(input, routes, names);
    bool again = std::any_of(routes.begin(), routes.end(), [&route](const Entry& other) {
      return other.method == route.method && other.path == route.path;
    });
    if (!again) routes.push_back(std::move(route));
  }
  std::vector<Asked> requests;
  std::string sent;
  do {
    requests.push_back(make_request(input, routes));
    sent += requests.back().method + ' ' + requests.back().target + " HTTP/1.1\r\nHost: ";
    sent += requests.back().method == "CONNECT" ? "h:80\r\n\r\n" : "h\r\n\r\n";
  } while (!input.empty() && requests.size() != 6);

  Conversation conversation(routes, layers, has_otherwise);
  std::string all = conversation.run(sent);
  if (testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed()) std::abort();
  std::string_view rest = all;
  for (std::size_t i = 0; i != requests.size(); ++i) {
    Answer wanted = expected(routes, requests[i], has_otherwise);
    for (std::size_t layer = layers; layer != 0; --layer) {
      wanted.log = std::to_string(layer - 1) + '(' + wanted.log + ')' + std::to_string(wanted.status);
    }
    if (requests[i].method == "HEAD" || wanted.status == 404 || wanted.status == 405) wanted.content.clear();
    Answer got;
    bool whole = take_answer(rest, requests[i].method, got);
    // What is said in these is for people.
    if (got.status == 404 || got.status == 405) got.content.clear();
    if (layers == 0) wanted.log.clear();
    if (layers != 0 && i < conversation.logs().size()) got.log = conversation.logs()[i];
    if (whole && got.status == wanted.status && got.allow == wanted.allow && got.content == wanted.content &&
        got.log == wanted.log) {
      continue;
    }
    print("wanted", wanted);
    print("got", got);
    fail(routes, requests[i]);
  }
  if (!rest.empty()) fail(routes, requests.back());
  return 0;
}
