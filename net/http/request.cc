#include "net/http/request.h"

#include <algorithm>
#include <cstring>

#include "net/core/memory.h"
#include "net/http/burst.h"
#include "net/http/connection.h"
#include "net/http/syntax.h"

namespace net::http {
namespace {

// What a text has at first; it doubles as it comes. Who announces a megabyte may send nothing of it.
constexpr std::size_t kFirstText = 4096;

// The target without scheme and authority; CONNECT has nothing else.
std::string_view path_and_query(std::string_view target, bool is_connect) {
  if (target.starts_with('/') || target == "*" || is_connect) return target;
  target.remove_prefix(target.find("://") + 3);
  std::size_t at = target.find_first_of("/?");
  return at == std::string_view::npos ? std::string_view() : target.substr(at);
}

}  // namespace

std::string_view Request::method() const { return burst_.parser_.method(); }
std::string_view Request::target() const { return burst_.parser_.target(); }
std::string_view Request::host() const { return burst_.parser_.host(); }
int Request::minor_version() const { return burst_.parser_.minor_version(); }
Fields Request::fields() const { return burst_.parser_.fields(); }
Endpoint Request::peer() const { return burst_.connection_.stream_.peer(); }

std::string_view Request::path() const {
  std::string_view rest = path_and_query(target(), method() == "CONNECT");
  std::string_view path = rest.substr(0, rest.find('?'));
  // RFC 9110, 4.2.3: an empty path is "/".
  return path.empty() ? std::string_view("/") : path;
}

std::string_view Request::query() const {
  std::string_view rest = path_and_query(target(), method() == "CONNECT");
  std::size_t at = rest.find('?');
  return at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
}

std::string_view Request::parameter(std::string_view name) const {
  for (std::size_t i = 0; i != parameter_count_; ++i) {
    if (parameters_[i].name == name) return parameters_[i].value;
  }
  return {};
}

std::string_view Request::query_value(std::string_view name) {
  for (std::string_view rest = query(); !rest.empty();) {
    std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    if (equals == std::string_view::npos) return {};
    std::string_view value = pair.substr(equals + 1);
    if (value.find_first_of("%+") == std::string_view::npos) return value;
    char* kept = keep(value.size());
    if (kept == nullptr) return {};
    std::replace_copy(value.begin(), value.end(), kept, '+', ' ');
    return percent_decode({kept, value.size()}, kept);
  }
  return {};
}

Task<std::span<std::byte>> Request::read(std::span<std::byte> buffer) {
  std::span<std::byte> got = co_await burst_.read_body(buffer);
  co_return got;
}

Task<std::string_view> Request::text() {
  if (has_text_) co_return text_;
  std::size_t size = 0;
  Framing framing = burst_.parser_.framing();
  std::uint64_t most = ~std::uint64_t{0};
  if (framing.kind == Framing::Kind::kLength) most = framing.length + 1;
  auto capacity = static_cast<std::size_t>(std::min<std::uint64_t>(kFirstText, most));
  char* data = keep(capacity);
  for (;;) {
    if (data == nullptr) co_await fail(Errc::no_memory, "read a body");
    auto room = std::as_writable_bytes(std::span(data + size, capacity - size));
    std::span<std::byte> got = co_await burst_.read_body(room);
    size += got.size();
    if (got.empty()) break;
    if (size != capacity) continue;
    capacity = static_cast<std::size_t>(std::min<std::uint64_t>(std::uint64_t{capacity} * 2, most));
    data = grow(data, size, capacity);
  }
  text_ = {data, size};
  has_text_ = true;
  co_return text_;
}

void Request::set_body_limit(std::uint64_t bytes) { burst_.body_.set_limit(bytes); }
bool Request::has_body() const { return burst_.parser_.framing().kind != Framing::Kind::kNone; }

// Memory until the request ends.
char* Request::keep(std::size_t size) {
  void* block = allocate(sizeof(Kept) + size);
  if (block == nullptr) return nullptr;
  kept_ = new (block) Kept{kept_, size};
  return reinterpret_cast<char*>(kept_ + 1);
}

// A block of `keep` becomes larger; what is there moves along. Null without memory.
char* Request::grow(char* data, std::size_t used, std::size_t size) {
  char* larger = keep(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, data, used);
  Kept* old = reinterpret_cast<Kept*>(data) - 1;
  Kept** link = &kept_;
  while (*link != old) link = &(*link)->next;
  *link = old->next;
  release(old, sizeof(Kept) + old->size);
  return larger;
}

void Request::forget() {
  while (kept_ != nullptr) {
    Kept* block = std::exchange(kept_, kept_->next);
    release(block, sizeof(Kept) + block->size);
  }
  parameters_ = nullptr;
  parameter_count_ = 0;
  has_text_ = false;
  text_ = {};
}

}  // namespace net::http
