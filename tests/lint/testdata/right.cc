// What to write instead of the shapes in wrong.cc: each gives 1 and leaves no object behind with every compiler.
#include "shapes.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

Task<int> named_then_if() { int n = co_await number(1); if (n == 1) co_return 1; co_return 0; }
Task<int> declared_in_if() { if (int n = co_await number(1)) co_return n; co_return 0; }
Task<int> declared_before_if() { if (int n = co_await number(1); n == 1) co_return n; co_return 0; }
Task<int> choice_of_numbers() { co_return co_await number(1) == 1 ? 1 : 0; }
Task<int> both_true() { bool b = co_await number(1) == 1 && co_await number(2) == 2; co_return b; }
Task<int> lambda_in_condition() {
  // The co_await is the lambda's own.
  if (call([]() { return [](int n) -> Task<int> { int m = co_await number(n); co_return m; }(1).run(); }).run() == 1) co_return 1;
  co_return 0;
}

Task<int> named_aggregate() { Aggregate a{Owner(), 1}; int n = co_await take(std::move(a)); co_return n; }
Task<int> constructed() { int n = co_await take_constructed(Constructed(Owner())); co_return n; }
Task<int> constructed_braces() { int n = co_await take_constructed(Constructed{Owner()}); co_return n; }
Task<int> task_first() { Task<int> t = take(Aggregate{Owner(), 1}); int n = co_await t; co_return n; }
Task<int> closure_reference() { Owner o; int n = co_await call([&o] { return o.value; }); co_return n; }
Task<int> closure_number() { int k = 1; int n = co_await call([k] { return k; }); co_return n; }
Task<int> closure_named() { Owner o; auto f = [o] { return 1; }; int n = co_await call(f); co_return n; }
Task<int> arguments() { int n = both(co_await owner(), co_await owner()); co_return n; }
Task<int> pair_braces() { std::pair<Owner, int> p{co_await owner(), 1}; co_return p.second; }
Task<int> optional() { std::optional<Owner> o(co_await owner()); co_return o ? 1 : 0; }
Task<int> made_unique() { auto p = std::make_unique<Constructed>(co_await owner()); co_return p ? 1 : 0; }
Task<int> pushed() { std::vector<Owner> v; v.push_back(co_await owner()); co_return int(v.size()); }
Task<std::string> text() { co_return "text that is too long for a string's own buffer"; }
Task<int> joined() { std::string s = co_await text() + "," + co_await text(); co_return s.size() > 2; }

#define EXAMPLE(name) {#name, name}
extern const Example examples[] = {
    EXAMPLE(named_then_if), EXAMPLE(declared_in_if), EXAMPLE(declared_before_if), EXAMPLE(choice_of_numbers),
    EXAMPLE(both_true), EXAMPLE(lambda_in_condition), EXAMPLE(named_aggregate), EXAMPLE(constructed),
    EXAMPLE(constructed_braces), EXAMPLE(task_first), EXAMPLE(closure_reference), EXAMPLE(closure_number),
    EXAMPLE(closure_named), EXAMPLE(arguments), EXAMPLE(pair_braces), EXAMPLE(optional), EXAMPLE(made_unique),
    EXAMPLE(pushed), EXAMPLE(joined), {nullptr, nullptr}};
