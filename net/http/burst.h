// Burst: what a connection has while there are requests on it, from the first byte that comes to where every
// answer has been sent. For this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "net/core/memory.h"
#include "net/core/task.h"
#include "net/core/time.h"
#include "net/http/body_reader.h"
#include "net/http/head_parser.h"
#include "net/http/input.h"
#include "net/http/output.h"
#include "net/http/request.h"
#include "net/http/response.h"
#include "net/http/seen_fields.h"

namespace net::http {

class Connection;
class ServerOptions;

// *Lifetime*: the connection outlives it.
class Burst final : public Pooled, private Parting::Host {
 public:
  explicit Burst(Connection& connection);
  Burst(const Burst&) = delete;
  Burst& operator=(const Burst&) = delete;
  ~Burst() { request_.forget(); }

  // How many bytes at most may begin one.
  static std::size_t first_read(const ServerOptions& options);
  // Keeps what has come. False without memory.
  [[nodiscard]] bool keep(std::span<std::byte> got) { return input_.keep(got); }
  // Looks for another head in what has come.
  Parse next_head() {
    parser_.reset();
    return input_.empty() ? Parse::kMore : parser_.parse(input_.unread());
  }
  // Nothing has come that was not answered.
  [[nodiscard]] bool idle() const { return input_.empty(); }
  // What `next_head` saw was no whole head: waits for the rest of it, or refuses it. False if there is none to
  // answer.
  //
  // *Errors*: those of Stream::read and write; no_memory; limit_exceeded. *Cancellation*: as those.
  Task<bool> receive_head(Parse parsed);

  // Before the handler of the head. False without memory.
  bool begin_answer();
  [[nodiscard]] Request& request() { return request_; }
  [[nodiscard]] Response& response() { return response_; }
  // Another protocol has taken the connection, or the server has ended the handler.
  [[nodiscard]] bool left() const { return upgraded_ || parted_; }
  // The server drains, and has ended the handler of an answer without an end.
  [[nodiscard]] bool parted() const override { return parted_; }
  // Does so, if it is time.
  void part() override;
  // The peer waits to be told to send its content, and may never send it when it is answered first (RFC 9110,
  // 10.1.1).
  [[nodiscard]] bool waits_to_send() const { return continue_ && body_.untouched(); }
  // Whether what is left of the body can be read and dropped, so that the connection goes on.
  [[nodiscard]] bool can_drop_body() const;
  // After the handler: the handler has left some of the answer, or of the body. The latter is dropped; false if
  // that is too much, and the connection ends.
  [[nodiscard]] bool answer_ended() const { return response_.state_ == Response::State::kDone; }
  NET_MAKES_TASK Task<> finish_answer() { return response_.finish(); }
  [[nodiscard]] bool body_ended() const { return body_.ended(); }
  Task<bool> drop_body();
  // The request has been answered. True if what was gathered is to be sent now.
  [[nodiscard]] bool end_answer();

  // Something has been gathered and not been sent.
  [[nodiscard]] bool has_output() const { return !output_.empty(); }
  // Sends what was gathered.
  //
  // *Errors*, *Cancellation*: as Stream::write. *Lifetime*: the burst outlives the await.
  Op<void> send();
  // The same, and `data` and `tail` behind it; a peer that takes them slowly has its time for each part.
  Task<> flush(Bytes data = {}, Bytes tail = {});

  // A request has failed: answers for it, where nothing of another answer has been sent. A whole answer stays.
  //
  // *Errors*: `error`, if nothing can be said. *Cancellation*: as Stream::write.
  Task<> recover(Error error);

 private:
  friend class Request;
  friend class Response;

  // Gathers content of an answer behind which others come. False if it is to be sent now.
  bool share(Bytes content, std::shared_ptr<const void>&& owner);
  // How long a peer may take for what was gathered and a part.
  [[nodiscard]] Duration write_time() const;
  void take_back(Stream stream, Bytes words) override;
  Task<> end_in_order();
  Task<> flush_before();
  Task<std::span<std::byte>> read_body(std::span<std::byte> buffer);
  Task<> refuse(int status, std::string_view reason);
  [[nodiscard]] int status_of(const Error& error) const;
  [[nodiscard]] const ServerOptions& options() const;

  Connection& connection_;
  Input input_;
  Output output_;
  BodyReader body_;
  SeenFields seen_;
  RequestParser parser_;
  Request request_{*this};
  Response response_{*this};
  TimePoint body_began_{};
  std::uint32_t gathered_ = 0;  // answers in the output
  bool continue_ = false;       // the peer waits for 100 (Continue)
  bool answering_ = false;      // a handler has been called, and its answer is not complete
  bool upgraded_ = false;
  bool parted_ = false;
};

}  // namespace net::http
