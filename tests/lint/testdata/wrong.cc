// Each of these gives 1 and leaves no object behind when clang compiles it; none does when g++ 12.2 does.
// The mark at the end of a line is what coroutine_lint.py must say to it.
#include "shapes.h"

// --- co_await in a condition, and no declaration in the body
Task<int> in_if() { if (co_await number(1) == 1) co_return 1; co_return 0; }                      // lint: await-in-condition
Task<int> in_if_negated() { if (!co_await number(0)) co_return 1; co_return 0; }                  // lint: await-in-condition
Task<int> in_while() { while (co_await number(0) == 1) {} co_return 1; }                          // lint: await-in-condition
Task<int> in_do() { do {} while (co_await number(0) == 1); co_return 1; }                         // lint: await-in-condition
Task<int> in_for() { for (; co_await number(0);) {} co_return 1; }                                // lint: await-in-condition
Task<int> in_switch() { switch (co_await number(1)) { case 1: co_return 1; default: co_return 0; } }  // lint: await-in-condition
template <typename T> Task<T> in_template() { if (co_await number(T{})) co_return T{0}; co_return T{1}; }  // lint: await-in-condition

// --- a temporary closure or aggregate beside co_await
Task<int> aggregate() { int n = co_await take(Aggregate{.owner = Owner(), .number = 1}); co_return n; }  // lint: await-with-temporary
Task<int> aggregate_reference() { int n = co_await take_reference({Owner(), 1}); co_return n; }   // lint: await-with-temporary
Task<int> aggregate_default() { int n = co_await take_default(); co_return n; }                   // lint: await-with-temporary
Task<int> aggregate_awaitable() { int n = co_await AggregateAwaitable{{}}; co_return n; }         // lint: await-with-temporary
Task<int> aggregate_elsewhere() { int n = plain(Aggregate{Owner(), 1}) + co_await number(0); co_return n; }  // lint: await-with-temporary
Task<int> closure() { Owner o; int n = co_await call([o] { return 1; }); co_return n; }           // lint: await-with-temporary
Task<int> closure_called() { Owner o; int n = co_await [o]() -> Task<int> { co_return 1; }(); co_return n; }  // lint: await-with-temporary

// --- co_await inside an aggregate's braces
Task<int> braces() { Aggregate a{co_await owner(), 1}; co_return a.number; }                      // lint: await-in-aggregate
Task<int> braces_designated() { Aggregate a{.owner = co_await owner(), .number = 1}; co_return a.number; }  // lint: await-in-aggregate
Task<int> braces_number() { Aggregate a{Owner(), co_await number(1)}; co_return a.number; }       // lint: await-in-aggregate
Task<int> braces_new() { auto* a = new Aggregate{co_await owner(), 1}; delete a; co_return 1; }   // lint: await-in-aggregate
Task<int> braces_argument() { int n = plain(Aggregate{co_await owner(), 1}); co_return n; }       // lint: await-in-aggregate, await-with-temporary
Task<int> braces_assigned() { Aggregate a; a = Aggregate{co_await owner(), 1}; co_return a.number; }  // lint: await-in-aggregate, await-with-temporary

// --- co_await in a branch of ?:
Task<int> choice() { bool c = true; Owner o = c ? co_await owner() : Owner(); co_return 1; }      // lint: await-in-choice
Task<int> choice_assigned() { Owner o; o = true ? co_await owner() : o; co_return 1; }            // lint: await-in-choice

#define EXAMPLE(name) {#name, name}
extern const Example examples[] = {
    EXAMPLE(in_if), EXAMPLE(in_if_negated), EXAMPLE(in_while), EXAMPLE(in_do), EXAMPLE(in_for),
    EXAMPLE(in_switch), {"in_template", in_template<int>}, EXAMPLE(aggregate), EXAMPLE(aggregate_reference),
    EXAMPLE(aggregate_default), EXAMPLE(aggregate_awaitable), EXAMPLE(aggregate_elsewhere), EXAMPLE(closure),
    EXAMPLE(closure_called), EXAMPLE(braces), EXAMPLE(braces_designated), EXAMPLE(braces_number),
    EXAMPLE(braces_new), EXAMPLE(braces_argument), EXAMPLE(braces_assigned), EXAMPLE(choice),
    EXAMPLE(choice_assigned), {nullptr, nullptr}};
