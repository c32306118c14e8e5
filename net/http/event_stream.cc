#include "net/http/event_stream.h"

#include "net/io/buffered.h"

namespace net::http {
namespace {

bool is_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// Appends to a block; what does not fit is counted all the same.
class Writer {
 public:
  Writer(char* data, std::size_t capacity) : data_(data), capacity_(capacity) {}
  Writer& operator<<(std::string_view text) {
    if (size_ + text.size() <= capacity_) text.copy(data_ + size_, text.size());
    size_ += text.size();
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  char* data_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

void write_event(Writer& out, std::string_view data, std::string_view name, std::string_view id) {
  if (!name.empty()) out << "event: " << name << "\n";
  if (!id.empty()) out << "id: " << id << "\n";
  for (;;) {
    // A line ends in LF, CR or both; each begins a new field.
    std::size_t end = data.find_first_of("\r\n");
    out << "data: " << data.substr(0, end) << "\n";
    if (end == std::string_view::npos) break;
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out << "\n";
}

// A block of `allocate`.
class Block {
 public:
  explicit Block(std::size_t size) : data_(static_cast<char*>(allocate(size))), size_(size) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { release(data_, size_); }
  [[nodiscard]] char* data() const { return data_; }

 private:
  char* data_;
  std::size_t size_;
};

}  // namespace

EventStream::EventStream(Response& response) : response_(response) {
  response.header("Content-Type", "text/event-stream").header("Cache-Control", "no-store").endless();
}

Task<> EventStream::send(std::string_view data, std::string_view name, std::string_view id) {
  if (!is_line(name) || !is_line(id)) co_await fail(Errc::invalid_argument, "name an event");
  Writer counting(nullptr, 0);
  write_event(counting, data, name, id);
  Block block(counting.size());
  if (block.data() == nullptr) co_await fail(Errc::no_memory, "send an event");
  Writer writing(block.data(), counting.size());
  write_event(writing, data, name, id);
  co_await response_.write(std::string_view(block.data(), counting.size()));
}

Task<> EventStream::keep_alive() { co_await response_.write(":\n\n"); }

}  // namespace net::http
