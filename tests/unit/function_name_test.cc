// The names of functions in dumps, from the signatures that compilers give.
#include <string_view>

#include <gtest/gtest.h>

#include "net/core/location.h"

namespace net {
namespace {

struct Signature {
  const char* signature;
  std::string_view name;
};
const Signature kSignatures[] = {
    {"echo", "echo"},
    {"", "lambda"},
    {"net::Task<> echo(net::Stream)", "echo"},
    {"net::Task<> app::echo(net::Stream)", "app::echo"},
    {"static net::Task<std::pair<int, long> > app::Server::run(void (*)(int)) const", "app::Server::run"},
    {"Task<> (anonymous namespace)::echo(int)", "echo"},
    {"Task<> app::(anonymous namespace)::deep::echo(int)", "deep::echo"},
    {"Task<> {anonymous}::echo(int)", "echo"},
    {"Task<(anonymous namespace)::Result> echo((anonymous namespace)::Request)", "echo"},
    {"Task<> temp(T) [T = std::vector<int>]", "temp"},
    {"Task<> app::Box<std::pair<int, long> >::get(T) [with T = std::pair<int, long int>]",
     "app::Box<std::pair<int, long> >::get"},
    {"void {anonymous}::fp(fp(int (*)(int), char (&)[3])::_ZN12_GLOBAL__N_12fpE.Frame*)", "fp"},
    {"auto app::with_lambda()::(anonymous class)::operator()(int) const", "app::with_lambda"},
    {"app::with_lambda()::<lambda(int)>", "app::with_lambda"},
    {"auto (anonymous class)::operator()(int) const", "lambda"},
    {"<lambda(int)>", "lambda"},
    {"void<lambda(int)>::operator()(<lambda(int)>::_ZNK5fixedMUliE_clEi.Frame*)", "lambda"},
    {"Task<> Handler::operator()(net::Stream)", "Handler::operator()"},
    {"Task<> my_operator(int)", "my_operator"},
    {"Task<> Handler::operator<(int)", "Handler::operator<"},
    {"Task<> Handler::operator>>(int)", "Handler::operator>>"},
};

TEST(FunctionName, IsCutOutOfASignature) {
  for (const Signature& each : kSignatures)
    EXPECT_EQ(function_name(each.signature), each.name) << each.signature;
}

std::string_view own_name() { return function_name(Location::current().function_name()); }
TEST(FunctionName, OfThisCompiler) {
  EXPECT_EQ(own_name(), "own_name");
  std::string_view of_lambda = [] { return own_name(); }();
  EXPECT_EQ(of_lambda, "own_name");
}

}  // namespace
}  // namespace net
