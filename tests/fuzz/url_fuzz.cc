// What parses as a URL is made of its parts and harms no request; a reference at a URL means a text that fits,
// without segments of dots, and that resolves to itself.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http/syntax.h"
#include "net/http/url.h"

namespace {

using net::http::Url;

void require(bool good, const char* what, std::string_view text) {
  if (good) return;
  std::fprintf(stderr, "%s: \"%.*s\"\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

void check(const Url& url) {
  std::string_view text = url.text();
  require(net::http::is_authority(url.authority()), "no Host field", text);
  std::string target = "/" + std::string(url.path_and_query());
  require(net::http::is_target(target), "no target", text);
  require(url.port() != 0, "no port", text);
  std::string again = url.secure() ? "https://" : "http://";
  again += url.authority();
  again += url.path_and_query();
  net::Result<Url> same = Url::parse(again);
  require(same && same->has_origin_of(url) && same->path_and_query() == url.path_and_query(), "another one",
          text);
}

void check_reference(const Url& base, std::string_view reference) {
  std::array<char, Url::kMost> buffer;
  net::Result<std::string_view> meaning = net::http::resolve_reference(base, reference, buffer);
  if (!meaning) return;
  require(reference.size() > 1000 || meaning->size() <= base.text().size() + reference.size() + 8, "long",
          reference);
  net::Result<Url> url = Url::parse(*meaning);
  if (!url) return;
  check(*url);
  std::string path = std::string(url->path()) + "/";
  require(path.find("/./") == std::string::npos && path.find("/../") == std::string::npos, "dots", reference);
  std::array<char, Url::kMost> second;
  net::Result<std::string_view> again = net::http::resolve_reference(base, *meaning, second);
  require(again && *again == *meaning, "does not resolve to itself", reference);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  // Inputs by chance hardly ever begin with a scheme.
  for (const char* scheme : {"", "http://", "https://h/"}) {
    std::string whole = scheme + std::string(text);
    if (net::Result<Url> url = Url::parse(whole)) check(*url);
  }
  static const Url base = Url::parse("http://example.org/a/b/c?d").value();
  check_reference(base, text);
  return 0;
}
