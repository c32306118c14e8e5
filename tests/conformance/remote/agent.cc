#include "tests/conformance/remote/agent.h"

#include <utility>
#include <vector>

#include "net/io/network.h"
#include "net/io/parts.h"

namespace net::conformance {
namespace {

constexpr std::size_t kBuffer = 2048;

bool is_incoming(Verb verb) { return verb == Verb::kRead || verb == Verb::kAccept || verb == Verb::kReceive; }

}  // namespace

Task<> Agent::serve() {
  tests::Beside writing(write_replies(*this));
  std::vector<std::byte> buffer(kBuffer);
  std::string input;
  for (;;) {
    Result<std::span<std::byte>> got = co_await result(control_.read(buffer));
    if (!got || got->empty()) break;
    input += text(*got);
    while (input.size() >= kHeader) {
      Parser header(input);
      auto length = static_cast<std::size_t>(header.number(4));
      if (input.size() < kHeader + length) {
        input.reserve(kHeader + length + kBuffer);  // at once: a board has no room for two of a large one
        break;
      }
      Request request;
      request.verb = static_cast<Verb>(header.number(1));
      request.number = static_cast<std::uint32_t>(header.number(4));
      if (input.size() == kHeader + length) {
        request.body = std::exchange(input, {}).erase(0, kHeader);
      } else {
        request.body = input.substr(kHeader, length);
        input.erase(0, kHeader + length);
      }
      co_await handle(request);
    }
  }
  for (auto& [number, socket] : sockets_) co_await close(*socket);
  sockets_.clear();
  writing.cancel();
  co_await writing.join();
}

Task<> Agent::write_replies(Agent& agent) {
  for (;;) {
    co_await agent.replied_.wait();
    agent.replied_.reset();
    while (!agent.replies_.empty()) {
      std::string reply = std::move(agent.replies_.front());
      agent.replies_.pop_front();
      co_await agent.control_.write(reply);
    }
  }
}

void Agent::reply(Message message) {
  replies_.push_back(message.finish());
  replied_.set();
}
void Agent::fail(const Request& request, const Error& error) {
  reply(Message(request.verb, request.number).add(error.code(), error.native()));
}
void Agent::succeed(const Request& request) { reply(Message(request.verb, request.number).add(Errc::ok, 0)); }
template <class T>
void Agent::finish(const Request& request, const Result<T>& outcome) {
  if (outcome) {
    succeed(request);
  } else {
    fail(request, outcome.error());
  }
}

Task<> Agent::close(Socket& socket) {
  for (Action* action : {&socket.incoming, &socket.outgoing}) {
    if (!*action) continue;
    (*action)->cancel();
    co_await (*action)->join();
    action->reset();
  }
}

void Agent::cancel(Socket& socket, Verb verb) {
  Action& action = is_incoming(verb) ? socket.incoming : socket.outgoing;
  if (action) action->cancel();
}

Task<> Agent::handle(Request& request) {
  std::uint32_t number = request.number;
  if (request.verb == Verb::kListen) sockets_[number] = std::make_unique<Socket>();
  auto found = sockets_.find(number);
  Socket* socket = found == sockets_.end() ? nullptr : found->second.get();
  switch (request.verb) {
    case Verb::kOpenStream:
    case Verb::kOpenDatagram:
    case Verb::kCancel:
    case Verb::kAbort:
    case Verb::kEnds:
    case Verb::kOption:
    case Verb::kDropped:
    case Verb::kSockets: answer(request, socket); break;
    case Verb::kClose:
      if (socket == nullptr) break;
      co_await close(*socket);
      if (socket->stream && Parser(request.body).number(1) != 0) socket->stream.abort();
      sockets_.erase(number);
      break;
    default: {
      if (socket == nullptr) co_return fail(request, Error(Errc::not_connected));
      Action& action = is_incoming(request.verb) ? socket->incoming : socket->outgoing;
      // What was done before has been answered, so it has all but ended.
      if (action) co_await action->join();
      action = std::make_unique<tests::Beside<Task<>>>(work(*socket, std::move(request)));
    }
  }
}

NET_MAKES_TASK Task<> Agent::work(Socket& socket, Request request) {
  switch (request.verb) {
    case Verb::kConnect: return connect(*this, socket, std::move(request));
    case Verb::kRead: return read(*this, socket, std::move(request));
    case Verb::kListen: return listen(*this, socket, std::move(request));
    case Verb::kAccept: return accept(*this, socket, std::move(request));
    case Verb::kReceive: return receive(*this, socket, std::move(request));
    case Verb::kWrite:
    case Verb::kShutdown: return write(*this, socket, std::move(request));
    default: return send(*this, socket, std::move(request));
  }
}

// What is done at once.
void Agent::answer(const Request& request, Socket* socket) {
  Parser body(request.body);
  switch (request.verb) {
    case Verb::kOpenStream:
    case Verb::kOpenDatagram: {
      auto made = std::make_unique<Socket>();
      auto family = static_cast<Family>(body.number(1));
      Errc code = Errc::ok;
      if (request.verb == Verb::kOpenStream) {
        detail::use(net_use_streams);
        made->stream = Stream(Network::current().make_stream(family, code));
      } else {
        detail::use(net_use_datagrams);
        made->datagram = Network::current().make_datagram(family, code);
        made->datagrams = UdpSocket(made->datagram);
      }
      if (made->stream || made->datagrams) sockets_[request.number] = std::move(made);
      return fail(request, Error(code));
    }
    case Verb::kCancel:
      if (socket != nullptr) cancel(*socket, static_cast<Verb>(body.number(1)));
      return;
    case Verb::kAbort:
      if (socket != nullptr) socket->stream.abort();
      return;
    case Verb::kEnds: {
      Endpoint local;
      Endpoint peer;
      if (socket != nullptr && socket->stream) {
        local = socket->stream.local();
        peer = socket->stream.peer();
      } else if (socket != nullptr && socket->listener) {
        local = socket->listener.local();
      } else if (socket != nullptr && socket->datagrams) {
        local = socket->datagrams.local();
        peer = socket->datagrams.peer();
      }
      return reply(Message(request.verb, request.number).add(Errc::ok, 0).add(local).add(peer));
    }
    case Verb::kOption: {
      if (socket == nullptr) return fail(request, Error(Errc::not_connected));
      auto option = body.number(1);
      auto value = static_cast<int>(static_cast<std::uint32_t>(body.number(4)));
      detail::use(net_use_options);
      Errc code = socket->stream ? socket->stream.socket().set_option(static_cast<StreamOption>(option), value)
                                 : socket->datagram->set_option(static_cast<DatagramOption>(option), value);
      return fail(request, Error(code));
    }
    case Verb::kDropped:
      if (socket == nullptr) return fail(request, Error(Errc::not_connected));
      return reply(Message(request.verb, request.number).add(Errc::ok, 0).add(socket->datagrams.dropped(), 8));
    case Verb::kSockets:
      return reply(
          Message(request.verb, request.number).add(Errc::ok, 0).add(count_(), 4).add(connected_(), 4));
    default: return fail(request, Error(Errc::not_supported));
  }
}

Task<> Agent::connect(Agent& agent, Socket& socket, Request request) {
  Destination to(Parser(request.body).endpoint());
  WriteOperation& connecting = socket.stream.socket();
  connecting.kind = WriteOperation::Kind::kConnect;
  connecting.destination = &to;
  Op<void> operation(connecting);
  Result<> outcome = co_await result(operation);
  agent.finish(request, outcome);
}

Task<> Agent::read(Agent& agent, Socket& socket, Request request) {
  Parser body(request.body);
  auto limit = static_cast<std::size_t>(body.number(4));
  bool lent = body.number(1) != 0;
  Message message(request.verb, request.number);
  if (lent) {
    auto reading = socket.stream.read_view(limit);
    Result<std::span<std::byte>> got = co_await result(reading);
    if (!got) co_return agent.fail(request, got.error());
    message.add(Errc::ok, 0).add(text(*got));
  } else {
    std::vector<std::byte> buffer(std::min(limit, kBuffer));
    Result<std::span<std::byte>> got = co_await result(socket.stream.read(buffer));
    if (!got) co_return agent.fail(request, got.error());
    message.add(Errc::ok, 0).add(text(*got));
  }
  agent.reply(std::move(message));
}

Task<> Agent::write(Agent& agent, Socket& socket, Request request) {
  Result<> outcome;
  if (request.verb == Verb::kShutdown) {
    outcome = co_await result(socket.stream.shutdown());
  } else {
    outcome = co_await result(socket.stream.write(request.body));
  }
  agent.finish(request, outcome);
}

Task<> Agent::listen(Agent& agent, Socket& socket, Request request) {
  Parser body(request.body);
  Destination at(body.endpoint());
  ListenOptions options;
  options.backlog = static_cast<int>(body.number(4));
  options.reuse_port = body.number(1) != 0;
  options.dual_stack = body.number(1) != 0;
  at.or_v4 = body.number(1) != 0;
  Errc code = Errc::ok;
  detail::use(net_use_addresses);
  socket.listening = Network::current().make_listener(at, options, code);
  if (socket.listening == nullptr) co_return agent.fail(request, Error(code));
  socket.listener = Listener(socket.listening);
  socket.listening->kind = AcceptOperation::Kind::kListen;
  Op<Stream, AcceptOperation> listening(*socket.listening);
  Result<Stream> outcome = co_await result(listening);
  socket.listening->kind = AcceptOperation::Kind::kAccept;
  agent.finish(request, outcome);
}

Task<> Agent::accept(Agent& agent, Socket& socket, Request request) {
  Result<Stream> accepted = co_await result(socket.listener.accept());
  if (!accepted) co_return agent.fail(request, accepted.error());
  auto made = std::make_unique<Socket>();
  made->stream = std::move(*accepted);
  agent.sockets_[static_cast<std::uint32_t>(Parser(request.body).number(4))] = std::move(made);
  agent.succeed(request);
}

Task<> Agent::send(Agent& agent, Socket& socket, Request request) {
  Parser body(request.body);
  SendOperation& sending = *socket.datagram;
  sending.to = body.endpoint();
  sending.data = {};
  switch (request.verb) {
    case Verb::kBind: sending.kind = SendOperation::Kind::kBind; break;
    case Verb::kConnectUdp: sending.kind = SendOperation::Kind::kConnect; break;
    case Verb::kJoin: sending.kind = SendOperation::Kind::kJoin; break;
    case Verb::kLeave: sending.kind = SendOperation::Kind::kLeave; break;
    default: sending.kind = SendOperation::Kind::kSend; sending.data = bytes(body.rest());
  }
  bool is_group = request.verb == Verb::kJoin || request.verb == Verb::kLeave;
  if (is_group) sending.interface = static_cast<std::uint32_t>(body.number(4));
  Op<void> operation(sending);
  Result<> outcome = co_await result(operation);
  agent.finish(request, outcome);
}

Task<> Agent::receive(Agent& agent, Socket& socket, Request request) {
  Parser body(request.body);
  auto limit = static_cast<std::size_t>(body.number(4));
  bool lent = body.number(1) != 0;
  Message message(request.verb, request.number);
  Result<Datagram> got;
  std::vector<std::byte> buffer(lent ? 0 : limit);
  if (lent) {
    auto receiving = socket.datagrams.receive_view();
    got = co_await result(receiving);
  } else {
    got = co_await result(socket.datagrams.receive(buffer));
  }
  if (!got) co_return agent.fail(request, got.error());
  message.add(Errc::ok, 0).add(got->from).add(got->truncated ? 1 : 0, 1).add(text(got->data));
  agent.reply(std::move(message));
}

}  // namespace net::conformance
