#include "tests/support/http_messages.h"

#include <algorithm>
#include <memory>

#include "net/http/chunked.h"

namespace net::http {
namespace {

// The bytes that have come and are not done with. Each piece moves them into memory of exactly their size, so
// that a read beyond them, or where they were before, is noticed.
class Buffer {
 public:
  void add(std::string_view piece) {
    auto moved = std::make_unique<char[]>(size_ + piece.size());
    std::copy_n(data_.get() + taken_, size_, moved.get());
    std::copy_n(piece.data(), piece.size(), moved.get() + size_);
    data_ = std::move(moved);
    size_ += piece.size();
    taken_ = 0;
  }
  void take(std::size_t count) {
    taken_ += count;
    size_ -= count;
  }
  [[nodiscard]] std::string_view view() const { return {data_.get() + taken_, size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t taken_ = 0;
  std::size_t size_ = 0;
};

class Body {
 public:
  explicit Body(Framing framing) : framing_(framing), left_(framing.length) {}

  // Takes what it can of it.
  void read(Buffer& buffer) {
    using enum Framing::Kind;
    if (framing_.kind == kLength || framing_.kind == kUntilClose) {
      std::size_t count = buffer.view().size();
      if (framing_.kind == kLength) count = static_cast<std::size_t>(std::min<std::uint64_t>(count, left_));
      content_ += buffer.view().substr(0, count);
      buffer.take(count);
      left_ -= framing_.kind == kLength ? count : 0;
    } else if (framing_.kind == kChunked) {
      while (!buffer.view().empty() && !chunked_.done() && !chunked_.bad()) {
        ChunkedDecoder::Step step = chunked_.step(buffer.view(), std::size_t{1} << 20);
        content_ += step.data;
        buffer.take(step.taken);
      }
    }
  }
  [[nodiscard]] bool done() const {
    using enum Framing::Kind;
    return framing_.kind == kNone || (framing_.kind == kLength && left_ == 0) ||
           (framing_.kind == kChunked && chunked_.done());
  }
  [[nodiscard]] const std::string& content() const { return content_; }
  [[nodiscard]] bool bad() const { return framing_.kind == Framing::Kind::kChunked && chunked_.bad(); }

  [[nodiscard]] std::string to_string() const {
    using enum Framing::Kind;
    if (framing_.kind == kNone) return "";
    std::string out = " body=" + in_quotes(content_);
    if (bad()) return out + " bad";
    return done() || framing_.kind == kUntilClose ? out : out + " more";
  }
  static std::string framing(Framing framing) {
    switch (framing.kind) {
      case Framing::Kind::kNone: return "";
      case Framing::Kind::kLength: return " length=" + std::to_string(framing.length);
      case Framing::Kind::kChunked: return " chunked";
      case Framing::Kind::kUntilClose: return " until-close";
    }
    return "";
  }

 private:
  Framing framing_;
  std::uint64_t left_;
  std::string content_;
  ChunkedDecoder chunked_;
};

template <class Parser>
class Reader {
 public:
  Reader(HeadLimits limits, SeenFields* seen) : parser_(limits, seen) {}
  Reader(HeadLimits limits, std::string_view method) : parser_(limits), method_(method) {}

  Messages read(std::span<const std::string_view> pieces) {
    for (std::string_view piece : pieces) {
      buffer_.add(piece);
      while (!over_ && step()) {
      }
    }
    if (!head_.empty()) {
      end_message();
    } else if (!over_ && !buffer_.view().empty()) {
      messages_.lines.emplace_back("more");
    }
    return messages_;
  }

 private:
  // Whether there was something to do.
  bool step() {
    if (head_.empty()) {
      Parse parsed = parser_.parse(buffer_.view());
      if (parsed == Parse::kMore) return false;
      if (parsed == Parse::kRefused) {
        messages_.lines.push_back(std::to_string(parser_.refusal()) + ' ' + parser_.reason());
        messages_.fields.clear();
        messages_.refusal = parser_.reason();
        over_ = true;
        return false;
      }
      begin();
    }
    body_.read(buffer_);
    if (body_.bad()) over_ = true;
    if (!body_.done()) return false;
    end_message();
    head_.clear();
    over_ = last_;
    return true;
  }

  void end_message() {
    messages_.lines.push_back(head_ + body_.to_string());
    messages_.parts.back().body = body_.content();
    messages_.parts.back().complete = body_.done();
    if (body_.bad()) messages_.refusal = "a bad chunk";
  }

  void begin() {
    Framing framing;
    messages_.fields.clear();
    Message& message = messages_.parts.emplace_back();
    for (Field field : parser_.fields()) {
      message.fields.emplace_back(field.name, field.value);
      messages_.fields.push_back(std::string(field.name).append("=").append(field.value));
    }
    if constexpr (std::is_same_v<Parser, RequestParser>) {
      framing = parser_.framing();
      head_ = std::string(parser_.method()).append(" ").append(parser_.target());
      if (!parser_.host().empty()) head_.append(" host=").append(parser_.host());
      last_ = parser_.method() == "CONNECT" || parser_.has_upgrade();
      message.method = parser_.method();
      message.target = parser_.target();
    } else {
      framing = parser_.framing(method_);
      head_ = std::to_string(parser_.status()) + ' ' + in_quotes(parser_.reason_phrase());
      message.status = parser_.status();
      last_ = parser_.status() == 101 || (method_ == "CONNECT" && parser_.status() / 100 == 2);
    }
    if (parser_.minor_version() == 0) head_ += " 1.0";
    head_ += Body::framing(framing);
    if constexpr (std::is_same_v<Parser, RequestParser>) {
      if (parser_.expects_continue()) head_ += " continue";
    }
    if (parser_.has_upgrade()) head_ += " upgrade";
    head_ += parser_.keeps_alive() ? " keep" : " close";
    message.changes_protocol = last_;
    // An answer for the time being is not the last, whatever it says.
    last_ = last_ || (!parser_.keeps_alive() && message.status / 100 != 1);
    message.minor_version = parser_.minor_version();
    message.keeps_alive = parser_.keeps_alive();
    buffer_.take(parser_.size());
    parser_.reset();
    body_ = Body(framing);
  }

  Buffer buffer_;
  Parser parser_;
  std::string method_;
  std::string head_;  // of the message whose body is being read
  Body body_{Framing()};
  bool last_ = false;
  bool over_ = false;
  Messages messages_;
};

}  // namespace

std::string Messages::to_string() const {
  std::string out;
  for (const std::string& line : lines) out.append(line).append("\n");
  for (const std::string& field : fields) out.append(": ").append(field).append("\n");
  return out;
}

Messages read_requests(std::span<const std::string_view> pieces, HeadLimits limits) {
  SeenFields seen;
  return Reader<RequestParser>(limits, &seen).read(pieces);
}

Messages read_requests_anew(std::span<const std::string_view> pieces, HeadLimits limits) {
  return Reader<RequestParser>(limits, nullptr).read(pieces);
}

Messages read_responses(std::span<const std::string_view> pieces, std::string_view method, HeadLimits limits) {
  return Reader<ResponseParser>(limits, method).read(pieces);
}

Messages read_chunked(std::span<const std::string_view> pieces, std::size_t most) {
  Buffer buffer;
  ChunkedDecoder decoder;
  std::string content;
  for (std::string_view piece : pieces) {
    buffer.add(piece);
    while (!buffer.view().empty() && !decoder.done() && !decoder.bad()) {
      ChunkedDecoder::Step step = decoder.step(buffer.view(), most);
      content += step.data;
      buffer.take(step.taken);
    }
  }
  Messages messages;
  std::string& line = messages.lines.emplace_back(in_quotes(content));
  if (decoder.bad()) {
    line += " bad";
  } else if (!decoder.done()) {
    line += " more";
  } else if (!buffer.view().empty()) {
    line += " rest=" + std::to_string(buffer.view().size());
  }
  return messages;
}

std::string in_quotes(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto code = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || c == '"') {
      out.append("\\").append(1, c);
    } else if (code < 32 || code > 126) {
      out.append("\\x").append(1, kHex[code / 16]).append(1, kHex[code % 16]);
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace net::http
