// URLs: what is taken apart how, what is refused, and what references mean.
#include "net/http/url.h"

#include <array>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

namespace net::http {
namespace {

struct Good {
  const char* text;
  bool secure;
  const char* host;
  std::uint16_t port;
  const char* authority;
  const char* path_and_query;
  friend void PrintTo(const Good& good, std::ostream* out) { *out << good.text; }
};

class GoodUrl : public testing::TestWithParam<Good> {};

TEST_P(GoodUrl, IsTakenApart) {
  const Good& expected = GetParam();
  Result<Url> url = Url::parse(expected.text);
  ASSERT_TRUE(url) << url.error().message();
  EXPECT_EQ(url->text(), expected.text);
  EXPECT_EQ(url->secure(), expected.secure);
  EXPECT_EQ(url->host(), expected.host);
  EXPECT_EQ(url->port(), expected.port);
  EXPECT_EQ(url->authority(), expected.authority);
  EXPECT_EQ(url->path_and_query(), expected.path_and_query);
  EXPECT_EQ(url->path(), url->path_and_query().substr(0, url->path_and_query().find('?')));
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodUrl,
    testing::Values(
        Good{"http://example.org", false, "example.org", 80, "example.org", ""},
        Good{"http://example.org/", false, "example.org", 80, "example.org", "/"},
        Good{"https://example.org/a/b.c;d", true, "example.org", 443, "example.org", "/a/b.c;d"},
        // RFC 3986, 3.1: letters of either case.
        Good{"HTTP://Example.ORG/A", false, "Example.ORG", 80, "Example.ORG", "/A"},
        Good{"hTTpS://h", true, "h", 443, "h", ""},
        // 3.2.3: a port, one with zeros in front, one that is the scheme's, and none behind the colon.
        Good{"http://h:8080/x", false, "h", 8080, "h:8080", "/x"},
        Good{"http://h:00080/x", false, "h", 80, "h:00080", "/x"},
        Good{"https://h:443", true, "h", 443, "h:443", ""}, Good{"http://h:/x", false, "h", 80, "h", "/x"},
        Good{"http://h:65535", false, "h", 65535, "h:65535", ""}, Good{"http://h:1", false, "h", 1, "h:1", ""},
        // 3.2.2: addresses.
        Good{"http://192.0.2.1/", false, "192.0.2.1", 80, "192.0.2.1", "/"},
        Good{"http://192.0.2.1:81", false, "192.0.2.1", 81, "192.0.2.1:81", ""},
        Good{"http://[::1]/", false, "::1", 80, "[::1]", "/"},
        Good{"http://[2001:db8::1]:8080/a", false, "2001:db8::1", 8080, "[2001:db8::1]:8080", "/a"},
        Good{"http://[::ffff:192.0.2.1]:/", false, "::ffff:192.0.2.1", 80, "[::ffff:192.0.2.1]", "/"},
        // Names: one label, a dot at the end, underscores, hyphens, numbers that are not last, what only looks
        // like hexadecimal.
        Good{"http://localhost", false, "localhost", 80, "localhost", ""},
        Good{"http://example.org./", false, "example.org.", 80, "example.org.", "/"},
        Good{"http://a_b.xn--bcher-kva.example/", false, "a_b.xn--bcher-kva.example", 80,
             "a_b.xn--bcher-kva.example", "/"},
        Good{"http://1.2.3.4.example/", false, "1.2.3.4.example", 80, "1.2.3.4.example", "/"},
        Good{"http://0xcafe.face/", false, "0xcafe.face", 80, "0xcafe.face", "/"},
        // 3.3, 3.4: every character that a path and a query may have.
        Good{"http://h/-._~!$&'()*+,;=:@%20%fF//", false, "h", 80, "h", "/-._~!$&'()*+,;=:@%20%fF//"},
        Good{"http://h/?-._~!$&'()*+,;=:@%20/?", false, "h", 80, "h", "/?-._~!$&'()*+,;=:@%20/?"},
        Good{"http://h?a=b", false, "h", 80, "h", "?a=b"}, Good{"http://h/?", false, "h", 80, "h", "/?"},
        Good{"http://h/http://other/", false, "h", 80, "h", "/http://other/"},
        Good{"http://h/user@other", false, "h", 80, "h", "/user@other"},
        Good{"http://h?user@other", false, "h", 80, "h", "?user@other"},
        // 3.5: the fragment is nobody's but the client's.
        Good{"http://h/a#b", false, "h", 80, "h", "/a"}, Good{"http://h#b/c?d", false, "h", 80, "h", ""},
        Good{"http://h/a?b#", false, "h", 80, "h", "/a?b"}, Good{"http://h#@other/", false, "h", 80, "h", ""}));

class BadUrl : public testing::TestWithParam<std::string> {};

TEST_P(BadUrl, IsRefused) {
  Result<Url> url = Url::parse(GetParam());
  ASSERT_FALSE(url) << "host " << url->host() << ", port " << url->port();
  EXPECT_EQ(url.error(), Errc::invalid_argument);
  EXPECT_TRUE(url.error().context().starts_with("URL: ")) << url.error().context();
}

std::string label(std::size_t size) { return std::string(size, 'a'); }

INSTANTIATE_TEST_SUITE_P(
    Table, BadUrl,
    testing::Values(
        // Schemes.
        "", "http", "http:", "http:/", "http:/h", "http:h", "//h/", "/a", "h/a", "://h", "ftp://h/",
        "httpx://h/", "htt p://h/", " http://h/", "http ://h/", "javascript://h/", "file:///etc/passwd",
        "http//h",
        // No host (RFC 9110, 4.2.1).
        "http://", "http:///a", "http://?a", "http://#a", "http://:80/", "http://./", "http://../",
        // A user.
        "http://user@h/", "http://user:password@h/", "http://@h/", "http://h:80@other/", "http://h@/",
        "http://good.example@[::1]/", "http://a@b@c/",
        // What some programs take for another separator.
        "http://h\\a", "http:\\\\h\\", "http://h\\@other/", "http://h\t/", "http://h /", "http://h/a b",
        "http://h/\r\nX: y", "http://h\r\n/", "http://h\n/", "http://h/a\tb", "http://h/a\\b",
        std::string("http://h\0/", 10), std::string("http://h/\0", 10), "http://h/\x7f", "http://h/\xc3\xa4",
        "http://\xc3\xa4/", "http://h;x/", "http://h,other/", "http://h&x/", "http://a!b/", "http://a(b)/",
        // Encoded hosts.
        "http://%68/", "http://h%2fother/", "http://h%00/", "http://h%", "http://%/",
        // Labels.
        "http://a..b/", "http://.a/", "http://a../", "http://" + label(64) + "/",
        "http://" + label(63) + "." + label(63) + "." + label(63) + "." + label(62) + "/",
        // Numbers that are no dotted quad.
        "http://1/", "http://127.1/", "http://127.0.0.1./", "http://0x7f000001/", "http://0x7f.0.0.1/",
        "http://0177.0.0.1/", "http://2130706433/", "http://256.0.0.1/", "http://1.2.3/", "http://1.2.3.4.5/",
        "http://a.1/", "http://a.0x1/", "http://0x/", "http://1.2.3.04/", "http://h.1.:80/",
        // IPv6.
        "http://[]/", "http://[", "http://]/", "http://[::1/", "http://::1/", "http://[::1]a/",
        "http://[::1]80/", "http://[192.0.2.1]/", "http://[v1.a]/", "http://[fe80::1%251]/",
        "http://[fe80::1%1]/", "http://[::g]/", "http://[::1]]/", "http://[[::1]]/", "http://[::1]:@/",
        "http://a[::1]/", "http://[::1 ]/",
        // Ports.
        "http://h:0/", "http://h:65536/", "http://h:000080/", "http://h:-1/", "http://h:+1/", "http://h: 80/",
        "http://h:8o/", "http://h:80:80/", "http://h::80/", "http://h:0x50/", "http://h:80a",
        "http://[::1]:99999/", "http://h:18446744073709551697/",
        // Paths, queries, fragments.
        "http://h/%", "http://h/%2", "http://h/%zz", "http://h/%2%20", "http://h/a|b", "http://h/a^b",
        "http://h/{a}", "http://h/<a>", "http://h/\"", "http://h/`", "http://h/[a]", "http://h/a?b#c#d",
        "http://h/?%", "http://h/?a b", "http://h/?[", "http://h/#%", "http://h/#a b", "http://h/#\xff",
        "http://h/" + std::string(Url::kMost, 'a')));

TEST(Url, MayBeAsLongAsItsLimit) {
  std::string longest = "http://h/" + std::string(Url::kMost - 9, 'a');
  EXPECT_TRUE(Url::parse(longest));
  EXPECT_TRUE(Url::parse("http://" + label(63) + "." + label(63) + "." + label(63) + "." + label(61) + "/"));
}

TEST(Url, KnowsWhatIsOfOneServer) {
  auto same = [](const char* a, const char* b) {
    Url first = Url::parse(a).value();
    Url second = Url::parse(b).value();
    EXPECT_EQ(first.has_origin_of(second), second.has_origin_of(first));
    return first.has_origin_of(second);
  };
  EXPECT_TRUE(same("http://h/a", "http://H:80/b?c"));
  EXPECT_TRUE(same("https://h/a", "https://h:0443"));
  EXPECT_FALSE(same("http://h/", "https://h/"));
  EXPECT_FALSE(same("http://h:443/", "https://h/"));
  EXPECT_FALSE(same("http://h/", "http://h:81/"));
  EXPECT_FALSE(same("http://h/", "http://h.example/"));
  EXPECT_FALSE(same("http://a.example/", "http://b.example/"));
}

struct Reference {
  const char* base;
  const char* text;
  const char* meaning;
  friend void PrintTo(const Reference& reference, std::ostream* out) {
    *out << reference.text << " at " << reference.base;
  }
};

class References : public testing::TestWithParam<Reference> {};

TEST_P(References, MeanUrls) {
  Url base = Url::parse(GetParam().base).value();
  std::array<char, 128> buffer;
  Result<std::string_view> url = resolve_reference(base, GetParam().text, buffer);
  ASSERT_TRUE(url) << url.error().message();
  EXPECT_EQ(*url, GetParam().meaning);
}

constexpr const char* kBase = "http://a/b/c/d;p?q";  // that of RFC 3986, 5.4

INSTANTIATE_TEST_SUITE_P(
    Rfc3986, References,
    testing::Values(
        // 5.4.1; fragments are left out.
        Reference{kBase, "g:h", "g:h"}, Reference{kBase, "g", "http://a/b/c/g"},
        Reference{kBase, "./g", "http://a/b/c/g"}, Reference{kBase, "g/", "http://a/b/c/g/"},
        Reference{kBase, "/g", "http://a/g"}, Reference{kBase, "//g", "http://g"},
        Reference{kBase, "?y", "http://a/b/c/d;p?y"}, Reference{kBase, "g?y", "http://a/b/c/g?y"},
        Reference{kBase, "#s", "http://a/b/c/d;p?q"}, Reference{kBase, "g#s", "http://a/b/c/g"},
        Reference{kBase, "g?y#s", "http://a/b/c/g?y"}, Reference{kBase, ";x", "http://a/b/c/;x"},
        Reference{kBase, "g;x", "http://a/b/c/g;x"}, Reference{kBase, "", "http://a/b/c/d;p?q"},
        Reference{kBase, ".", "http://a/b/c/"}, Reference{kBase, "./", "http://a/b/c/"},
        Reference{kBase, "..", "http://a/b/"}, Reference{kBase, "../", "http://a/b/"},
        Reference{kBase, "../g", "http://a/b/g"}, Reference{kBase, "../..", "http://a/"},
        Reference{kBase, "../../", "http://a/"}, Reference{kBase, "../../g", "http://a/g"},
        // 5.4.2.
        Reference{kBase, "../../../g", "http://a/g"}, Reference{kBase, "../../../../g", "http://a/g"},
        Reference{kBase, "/./g", "http://a/g"}, Reference{kBase, "/../g", "http://a/g"},
        Reference{kBase, "g.", "http://a/b/c/g."}, Reference{kBase, ".g", "http://a/b/c/.g"},
        Reference{kBase, "g..", "http://a/b/c/g.."}, Reference{kBase, "..g", "http://a/b/c/..g"},
        Reference{kBase, "./../g", "http://a/b/g"}, Reference{kBase, "./g/.", "http://a/b/c/g/"},
        Reference{kBase, "g/./h", "http://a/b/c/g/h"}, Reference{kBase, "g/../h", "http://a/b/c/h"},
        Reference{kBase, "g;x=1/./y", "http://a/b/c/g;x=1/y"}, Reference{kBase, "g;x=1/../y", "http://a/b/c/y"},
        Reference{kBase, "g?y/./x", "http://a/b/c/g?y/./x"},
        Reference{kBase, "g?y/../x", "http://a/b/c/g?y/../x"}));

INSTANTIATE_TEST_SUITE_P(
    Others, References,
    testing::Values(
        Reference{"http://a", "", "http://a"}, Reference{"http://a", "g", "http://a/g"},
        Reference{"http://a?q", "g", "http://a/g"}, Reference{"http://a?q", "", "http://a?q"},
        Reference{"http://a?q", "?y", "http://a?y"}, Reference{"http://a", "..", "http://a/"},
        Reference{"https://a:8443/b", "/c", "https://a:8443/c"}, Reference{"https://a:/b", "c", "https://a/c"},
        Reference{"https://[::1]:8/b", "c", "https://[::1]:8/c"},
        Reference{"https://a/b", "//c/d", "https://c/d"}, Reference{"https://a/b", "//c:9?d", "https://c:9?d"},
        Reference{"https://a/b", "http://c/d/../e", "http://c/e"},
        Reference{"http://a/b//c", "../d", "http://a/b/d"},
        Reference{"http://a/b", "c:d", "c:d"},  // a scheme; "./c:d" is the other
        Reference{"http://a/b", "./c:d", "http://a/c:d"}, Reference{"http://a/b", "1c:d", "http://a/1c:d"},
        Reference{"http://a/b", ":d", "http://a/:d"}, Reference{"http://a/b", "c?d:e", "http://a/c?d:e"}));

TEST(References, DoNotOverflow) {
  Url base = Url::parse("http://example.org/folder/page?query").value();
  for (const char* reference :
       {"other", "/other?a=b", "//other/", "?x", "", "https://other.example/a/../b?c"}) {
    std::array<char, 64> room;
    std::string whole(resolve_reference(base, reference, room).value());
    for (std::size_t size = 0; size != room.size(); ++size) {
      std::vector<char> out(size);  // the sanitizer watches its ends
      Result<std::string_view> url = resolve_reference(base, reference, out);
      if (url) {
        EXPECT_EQ(*url, whole);
      } else {
        EXPECT_EQ(url.error(), Errc::limit_exceeded);
      }
      if (size < whole.size()) {
        EXPECT_FALSE(url) << size;
      }
    }
    EXPECT_TRUE(resolve_reference(base, reference, room));
  }
}

}  // namespace
}  // namespace net::http
