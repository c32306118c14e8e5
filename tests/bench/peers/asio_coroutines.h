// Asio with its coroutines switched on: Asio 1.22 looks for the macro and header of the coroutines TS in clang,
// which clang no longer has; those of C++20 are there.
#ifndef TESTS_BENCH_PEERS_ASIO_COROUTINES_H_
#define TESTS_BENCH_PEERS_ASIO_COROUTINES_H_

#ifndef ASIO_STANDALONE
#define ASIO_STANDALONE 1
#endif
#define ASIO_HAS_CO_AWAIT 1
#define ASIO_HAS_STD_COROUTINE 1

#include <coroutine>

#include <asio.hpp>

#endif
