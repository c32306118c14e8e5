#include "net/io/connect.h"

#include "net/io/network.h"
#include "net/io/parts.h"

namespace net {
namespace {

Task<Stream> connect_to(const Destination& to) {
  Errc code = Errc::invalid_argument;
  Stream stream;
  if (to.endpoint.valid() || !to.path.empty()) {
    detail::use(net_use_streams);
    stream = Stream(Network::current().make_stream(to.endpoint.address().family(), code));
  }
  if (!stream) {
    Text<80> what;
    what << "connect to " << to;
    co_await fail(code, what.text());
  }
  WriteOperation& connecting = stream.socket();
  connecting.kind = WriteOperation::Kind::kConnect;
  connecting.destination = &to;
  co_await Op<void>(connecting);
  co_return std::move(stream);
}

}  // namespace

Task<Stream> connect(Endpoint to) {
  Destination destination(to);
  Stream stream = co_await connect_to(destination);
  co_return std::move(stream);
}

Task<Stream> connect_unix(std::string_view path) {
  Destination destination(path);
  Stream stream = co_await connect_to(destination);
  co_return std::move(stream);
}

}  // namespace net
