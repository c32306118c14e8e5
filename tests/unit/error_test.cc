// Errors: their words, their context, and their place among std::error_code.
#include "net/core/error.h"

#include <set>
#include <string>
#include <system_error>
#include <type_traits>

#include <gtest/gtest.h>

#include "net/core/error_code.h"

namespace net {
namespace {

constexpr auto kLast = static_cast<int>(Errc::io_error);

TEST(Error, SaysWhatWasBeingDone) {
  EXPECT_EQ(Error(Errc::connection_refused, "connect to 127.0.0.1:9").message(),
            "connect to 127.0.0.1:9: connection refused");
  EXPECT_EQ(Error(Errc::closed).message(), "closed");
  EXPECT_EQ(Error().message(), "no error");
}

TEST(Error, NamesTheNativeCodeWhereItSaysMore) {
  EXPECT_EQ(Error(Errc::io_error, "read", 5).message(), "read: input/output error (code 5)");
  EXPECT_EQ(Error(Errc::io_error, "read", -5).message(), "read: input/output error (code -5)");
  EXPECT_EQ(Error(Errc::timed_out, "read", 110).message(), "read: timed out");
  EXPECT_EQ(Error(Errc::timed_out, "read", 110).native(), 110);
}

TEST(Error, CutsALongContext) {
  std::string fits(58, 'x');
  EXPECT_EQ(Error(Errc::closed, fits).context(), fits);
  EXPECT_EQ(Error(Errc::closed, fits + "y").context(), std::string(55, 'x') + "...");
  EXPECT_EQ(Error(Errc::closed, std::string(5000, 'x')).context(), std::string(55, 'x') + "...");
}

TEST(Error, ComparesByCode) {
  Error error(Errc::timed_out, "read", 7);
  EXPECT_TRUE(error == Errc::timed_out);
  EXPECT_TRUE(Errc::timed_out == error);
  EXPECT_TRUE(error != Errc::closed);
  EXPECT_EQ(error.with_code(Errc::closed).message(), "read: closed");
  EXPECT_EQ(error.with_code(Errc::closed).native(), 7);
}

TEST(Error, IsCopiedAsItIs) {
  static_assert(std::is_trivially_copyable_v<Error>);
  static_assert(sizeof(Error) <= 64);
  Error error(Errc::closed, "here");
  Error copy = error;
  error = Error();
  EXPECT_EQ(copy.context(), "here");
}

TEST(Result, HoldsAValueOrAnError) {
  auto half = [](int number) -> Result<int> {
    if (number % 2 != 0) return failure(Errc::invalid_argument, "halve");
    return number / 2;
  };
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_EQ(half(3).error().message(), "halve: invalid argument");
  Result<> passed_on = failure(half(3).error());
  EXPECT_EQ(passed_on.error().code(), Errc::invalid_argument);
}

TEST(Errc, EachHasItsOwnWords) {
  std::set<std::string_view> words;
  for (int code = 0; code <= kLast; ++code) words.insert(describe(static_cast<Errc>(code)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(kLast) + 1);
  EXPECT_FALSE(words.contains("unknown error"));
  EXPECT_EQ(describe(static_cast<Errc>(kLast + 1)), "unknown error");
}

TEST(ErrorCode, SpeaksForItself) {
  std::error_code code = Errc::connection_reset;
  EXPECT_STREQ(code.category().name(), "net");
  EXPECT_EQ(code.message(), describe(Errc::connection_reset));
  EXPECT_TRUE(code);
  EXPECT_FALSE(make_error_code(Errc::ok));
  EXPECT_EQ(make_error_code(Error(Errc::closed, "here")), Errc::closed);
  EXPECT_NE(make_error_code(Errc::closed), std::error_code(make_error_code(Errc::io_error)));
}

TEST(ErrorCode, EqualsTheStandardConditions) {
  EXPECT_EQ(make_error_code(Errc::timed_out), std::errc::timed_out);
  EXPECT_EQ(make_error_code(Errc::cancelled), std::errc::operation_canceled);
  EXPECT_EQ(make_error_code(Errc::address_in_use), std::errc::address_in_use);
  EXPECT_EQ(make_error_code(Errc::no_memory), std::errc::not_enough_memory);
  EXPECT_EQ(make_error_code(Errc::broken_pipe), std::errc::broken_pipe);
  EXPECT_NE(make_error_code(Errc::end_of_stream), std::errc::io_error);
  // No two codes mean the same condition.
  std::set<std::pair<std::string, int>> conditions;
  for (int code = 0; code <= kLast; ++code) {
    std::error_condition condition = make_error_code(static_cast<Errc>(code)).default_error_condition();
    conditions.emplace(condition.category().name(), condition.value());
  }
  EXPECT_EQ(conditions.size(), static_cast<std::size_t>(kLast) + 1);
}

TEST(ErrorCode, IsThrownAsASystemError) {
  try {
    throw std::system_error(make_error_code(Errc::host_not_found), "here");
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "here: host not found");
  }
}

}  // namespace
}  // namespace net
