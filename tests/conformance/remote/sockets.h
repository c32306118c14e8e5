// The sockets of a RemoteNetwork.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "net/core/memory.h"
#include "net/io/socket.h"
#include "tests/conformance/remote/connection.h"
#include "tests/conformance/remote/network.h"

namespace net::conformance {

// What all have: a number by which the agent knows them.
class RemoteSocket : protected Hearer {
 public:
  RemoteSocket(const RemoteSocket&) = delete;
  RemoteSocket& operator=(const RemoteSocket&) = delete;

 protected:
  RemoteSocket(Connection& connection, Translation& translation)
      : connection_(connection), translation_(translation), number_(connection.add(*this)) {}
  ~RemoteSocket() { connection_.remove(number_); }

  [[nodiscard]] Message message(Verb verb) const { return Message(verb, number_); }
  void tell(Message message) const { connection_.tell(message); }
  [[nodiscard]] Reply ask(Message message, Verb verb) const { return connection_.ask(verb, number_, message); }
  void tell_cancel(Verb verb) const { tell(message(Verb::kCancel).add(static_cast<std::uint8_t>(verb), 1)); }
  // Comes back when it is done, as a close does that is not remote.
  void tell_close(bool reset) const {
    tell(message(Verb::kClose).add(reset ? 1 : 0, 1));
    static_cast<void>(ask(message(Verb::kEnds), Verb::kEnds));
  }
  [[nodiscard]] Endpoint end(bool own, bool datagrams) const;

  Connection& connection_;
  Translation& translation_;
  std::uint32_t number_;
};

class RemoteStream final : public StreamSocket, public RemoteSocket, public Pooled {
 public:
  RemoteStream(Connection& connection, Translation& translation) : RemoteSocket(connection, translation) {}
  [[nodiscard]] std::uint32_t number() const { return number_; }
  // Before anything else, of one that is not accepted.
  [[nodiscard]] Errc open(Family family);

  Progress start_read() override;
  Progress resume_read() override;
  void cancel_read() override;
  Progress start_write() override;
  Progress resume_write() override;
  void cancel_write() override;
  void close(bool reset) override;
  void abort() override;
  [[nodiscard]] Endpoint local() const override { return end(true, false); }
  [[nodiscard]] Endpoint peer() const override { return end(false, false); }
  Errc set_option(StreamOption option, int value) override;

 private:
  void hear(Reply& reply) override;
  void hear_write(Reply& reply);
  bool deliver();
  void send_next();
  ReadOperation& reading() { return *this; }
  WriteOperation& writing() { return *this; }

  std::string arrived_;  // and not yet read
  std::string lent_;
  Errc read_code_ = Errc::ok;
  int read_native_ = 0;
  bool read_cancelled_ = false;
  bool write_cancelled_ = false;
  bool cut_ = false;  // a write was cancelled between two of its messages
  std::string copy_;  // of what may be gone before the last message
  Verb writes_{};
};

class RemoteListener final : public ListenerSocket, public RemoteSocket, public Pooled {
 public:
  RemoteListener(Connection& connection, Translation& translation, const Destination& at,
                 const ListenOptions& options)
      : RemoteSocket(connection, translation), at_(at.endpoint), or_v4_(at.or_v4), options_(options) {}

  Progress start_accept() override;
  Progress resume_accept() override;
  void cancel_accept() override;
  void close() override;
  [[nodiscard]] Endpoint local() const override { return listens_ ? end(true, false) : at_; }
  void describe_local(TextBuffer& out) const override { out << local(); }

 private:
  void hear(Reply& reply) override;
  AcceptOperation& accepting() { return *this; }

  Endpoint at_;
  bool or_v4_;
  ListenOptions options_;
  bool listens_ = false;
  bool cancelled_ = false;
  Errc code_ = Errc::ok;
  int native_ = 0;
  RemoteStream* next_ = nullptr;     // whose number the agent has, for the next connection
  RemoteStream* arrived_ = nullptr;  // and not yet accepted
};

class RemoteDatagram final : public DatagramSocket, public RemoteSocket, public Pooled {
 public:
  RemoteDatagram(Connection& connection, Translation& translation) : RemoteSocket(connection, translation) {}
  [[nodiscard]] Errc open(Family family);

  Progress start_receive() override;
  Progress resume_receive() override;
  void cancel_receive() override;
  Progress start_send() override;
  Progress resume_send() override;
  void cancel_send() override;
  void close() override;
  [[nodiscard]] Endpoint local() const override { return end(true, true); }
  [[nodiscard]] Endpoint peer() const override { return end(false, true); }
  Errc set_option(DatagramOption option, int value) override;
  [[nodiscard]] std::uint64_t dropped() const override;

 private:
  void hear(Reply& reply) override;
  bool deliver();
  ReceiveOperation& receiving() { return *this; }
  SendOperation& sending() { return *this; }

  std::deque<Reply> arrived_;
  std::string lent_;
  Errc send_code_ = Errc::ok;
  int send_native_ = 0;
  bool receive_cancelled_ = false;
  Verb sends_{};
};

}  // namespace net::conformance
