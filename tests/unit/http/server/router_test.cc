// Which handler answers.
#include "tests/unit/http/server/exchange.h"

namespace net::http {
namespace {

// A handler that tells its name and its parameters.
Handler named(const char* name) {
  return [name](Request& request, Response& response) -> Task<> {
    std::string told = name;
    for (const char* parameter : {"id", "name", "rest"}) {
      std::string_view value = request.parameter(parameter);
      if (!value.empty()) told += std::string(" ") + parameter + "=" + std::string(value);
    }
    co_await response.send(told);
  };
}

// The content of the answer to one request, or its status if that is not 200.
std::string ask(Router& router, std::string_view method, std::string_view path) {
  std::string sent =
      std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  std::string got = exchange(Handler(detail::Named<Router>(router)), sent);
  if (!got.starts_with("HTTP/1.1 200 ")) return got.substr(9, 3);
  return got.substr(got.find("\r\n\r\n") + 4);
}

TEST(Router, FindsTheMostGiven) {
  Router router;
  router.get("/{name}", named("one")).get("/users", named("users")).get("/{rest...}", named("rest"));
  router.get("/users/{id}", named("user"))
      .get("/users/me", named("me"))
      .get("/users/{id}/photo", named("photo"));
  router.get("/", named("root"));
  EXPECT_EQ(ask(router, "GET", "/"), "root");
  EXPECT_EQ(ask(router, "GET", "/users"), "users");
  EXPECT_EQ(ask(router, "GET", "/other"), "one name=other");
  EXPECT_EQ(ask(router, "GET", "/users/me"), "me");
  EXPECT_EQ(ask(router, "GET", "/users/7"), "user id=7");
  EXPECT_EQ(ask(router, "GET", "/users/7/photo"), "photo id=7");
  EXPECT_EQ(ask(router, "GET", "/users/me/photo"), "photo id=me") << "a given segment that leads nowhere";
  EXPECT_EQ(ask(router, "GET", "/users/7/other"), "rest rest=users/7/other") << "so does this one";
  EXPECT_EQ(ask(router, "GET", "/users/"), "rest rest=users/") << "a parameter is not empty";
  EXPECT_EQ(ask(router, "GET", "/users?x=/y"), "users") << "the query is no part of the path";
  EXPECT_EQ(ask(router, "GET", "http://a/users"), "users");
}

TEST(Router, ComparesDecodedAndGivesDecoded) {
  Router router;
  router.get("/a b/{id}", named("it"));
  EXPECT_EQ(ask(router, "GET", "/a%20b/x%2Fy%20z"), "it id=x/y z");
  EXPECT_EQ(ask(router, "GET", "/%61%20b/1"), "it id=1");
  EXPECT_EQ(ask(router, "GET", "/a%2520b/1"), "404");
  EXPECT_EQ(ask(router, "GET", "/a%20b%2F1"), "404") << "an encoded slash divides nothing";
  EXPECT_EQ(ask(router, "GET", "/a%20/1"), "404");
}

TEST(Router, TakesNoEncodedCharactersForThoseOfARoute) {
  Router router;
  router.get("/%41", named("percent"));
  EXPECT_EQ(ask(router, "GET", "/%2541"), "percent");
  EXPECT_EQ(ask(router, "GET", "/%41"), "404") << "that is /A";
}

TEST(Router, TellsWhatAPathAllows) {
  Router router;
  router.get("/x", named("get")).post("/x", named("post")).add("MKCOL", "/x", named("mkcol"));
  EXPECT_EQ(ask(router, "POST", "/x"), "post");
  EXPECT_EQ(ask(router, "MKCOL", "/x"), "mkcol");
  EXPECT_EQ(ask(router, "HEAD", "/x"), "");
  EXPECT_EQ(ask(router, "PUT", "/x"), "405");
  EXPECT_EQ(ask(router, "get", "/x"), "405") << "methods tell capital letters from small ones";
  EXPECT_EQ(ask(router, "PUT", "/y"), "404");
  EXPECT_EQ(ask(router, "OPTIONS", "/y"), "404");
  EXPECT_EQ(ask(router, "OPTIONS", "*"), "204");
  std::string answer =
      exchange(Handler(detail::Named<Router>(router)), "OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(answer, "HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, POST, MKCOL, OPTIONS\r\n\r\n");
}

// As a client reads it: the Allow field of the answer to one request.
std::string allowed(Router& router, std::string_view method, std::string_view path) {
  std::string sent = std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string got = exchange(Handler(detail::Named<Router>(router)), sent);
  std::size_t at = got.find("Allow: ");
  return at == std::string::npos ? "" : got.substr(at + 7, got.find("\r\n", at) - at - 7);
}

TEST(Router, ListsOptionsOnceThatHaveARouteOfTheirOwn) {
  Router router;
  router.add("OPTIONS", "/x", named("options")).get("/x", named("get"));
  EXPECT_EQ(ask(router, "OPTIONS", "/x"), "options");
  EXPECT_EQ(allowed(router, "PUT", "/x"), "GET, HEAD, OPTIONS");
}

TEST(Router, ListsAllMethodsHoweverMany) {
  Router router;
  std::string wanted;
  for (const char* method :
       {"ACL",        "BIND",       "CHECKIN",    "CHECKOUT",       "COPY",          "LABEL",       "LOCK",
        "MERGE",      "MKACTIVITY", "MKCALENDAR", "MKCOL",          "MKREDIRECTREF", "MKWORKSPACE", "MOVE",
        "ORDERPATCH", "PROPFIND",   "PROPPATCH",  "REBIND",         "REPORT",        "SEARCH",      "UNBIND",
        "UNCHECKOUT", "UNLOCK",     "UPDATE",     "VERSION-CONTROL"}) {
    router.add(method, "/x", named(method));
    wanted += std::string(method) + ", ";
  }
  EXPECT_EQ(allowed(router, "PUT", "/x"), wanted + "OPTIONS");
}

TEST(Router, RunsMiddlewareAroundEveryAnswer) {
  Router router;
  std::string log;
  auto note = [&log](const char* name) {
    return [&log, name](Request& request, Response& response, Next next) -> Task<> {
      log += std::string(name) + "(";
      co_await next(request, response);
      log += ")" + std::to_string(response.status());
    };
  };
  router.use(note("a")).use(note("b")).get("/x", named("x"));
  EXPECT_EQ(ask(router, "GET", "/x"), "x");
  EXPECT_EQ(log, "a(b()200)200");
  log.clear();
  EXPECT_EQ(ask(router, "GET", "/nowhere"), "404");
  EXPECT_EQ(log, "a(b()404)404");
}

TEST(Router, LetsMiddlewareAnswerItself) {
  Router router;
  bool reached = false;
  router.use([](Request& request, Response& response, Next next) -> Task<> {
    bool allowed = request.header("Authorization") == "Bearer secret";
    if (!allowed) {
      co_await response.status(401).header("WWW-Authenticate", "Bearer").send("who are you?\n");
      co_return;
    }
    co_await next(request, response);
  });
  router.get("/x", [&reached](Request&, Response&) -> Task<> {
    reached = true;
    co_return;
  });
  EXPECT_EQ(ask(router, "GET", "/x"), "401");
  EXPECT_FALSE(reached);
}

TEST(Router, TakesAnotherAnswerForWhatItDoesNotHave) {
  Router router;
  router.otherwise(named("nothing here"));
  EXPECT_EQ(ask(router, "GET", "/x"), "nothing here");
}

TEST(RouterDeathTest, EndsTheProgramForAMistakeInAPath) {
  auto add = [](const char* path) {
    Router router;
    router.get("/x/{id}", named("x"));
    router.get(path, named("y"));
  };
  EXPECT_DEATH(add("x"), "does not begin with /");
  EXPECT_DEATH(add("/{rest...}/x"), "goes on after");
  EXPECT_DEATH(add("/x/{id}"), "has been added before");
  EXPECT_DEATH(add("/x/{name}"), "another name");
  EXPECT_DEATH(add("/y/{id}/{id}"), "a name twice");
  EXPECT_DEATH(add("/y/{id}/{id...}"), "a name twice");
  EXPECT_DEATH(add("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"), "too many parameters");
}

}  // namespace
}  // namespace net::http
