#include "net/core/combine.h"
#include "net/io/stream.h"

net::Task<> reads_both(net::Stream& one, net::Stream& other) {
  co_await net::all(one.read_view(), other.read_view());
}
