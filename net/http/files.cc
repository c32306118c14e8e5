#include "net/http/files.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "net/core/blocking.h"
#include "net/core/loop.h"
#include "net/http/conditions.h"
#include "net/http/date.h"
#include "net/http/folder.h"
#include "net/http/gzip.h"
#include "net/http/media_type.h"
#include "net/http/range.h"
#include "net/http/syntax.h"

namespace net::http {
namespace {

// What is read of a large file at a time.
constexpr std::size_t kPart = 128 * 1024;
constexpr std::size_t kLeastCompressed = 256;
constexpr std::int64_t kSecond = 1'000'000'000;

// What is sent of a file.
struct Coded {
  std::string content;  // empty unless the file is small
  std::string etag;
  std::string lines;            // the fields of its answer
  std::size_t about_state = 0;  // so much of them is sent without the content, too
};

// A file as it was when it was looked at. A small one is there whole.
struct Entry {
  File file;  // of a large one
  Coded plain;
  Coded compressed;  // without content: not worth it
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t modified = 0;
  TimePoint fresh_until{};
  bool is_folder = false;
  bool whole = false;

  // Another entry, or a file.
  [[nodiscard]] bool is_same_as(const auto& other) const {
    return size == other.size && inode == other.inode && modified == other.modified;
  }
  [[nodiscard]] std::size_t weight() const {
    std::size_t lines = plain.lines.size() + compressed.lines.size();
    return sizeof(Entry) + plain.content.size() + compressed.content.size() + lines;
  }
};
using EntryPointer = std::shared_ptr<Entry>;

// Whether a decoded path names something in the folder at all.
bool is_safe(std::string_view path, bool hidden) {
  if (path.find('\0') != std::string_view::npos) return false;
  while (!path.empty()) {
    std::size_t slash = path.find('/');
    std::string_view segment = path.substr(0, slash);
    bool is_last = slash == std::string_view::npos || slash + 1 == path.size();
    if (segment.empty() || segment == "." || segment == "..") return false;
    if (!hidden && segment.starts_with('.')) return false;
    if (is_last) return true;
    path.remove_prefix(slash + 1);
  }
  return true;
}

std::string etag_of(const File& file, const char* more) {
  char text[64];
  int size = std::snprintf(text, sizeof text, "\"%llx-%llx%s\"", static_cast<unsigned long long>(file.modified),
                           static_cast<unsigned long long>(file.size), more);
  return {text, static_cast<std::size_t>(size)};
}

// The fields are the same in every answer.
void write_lines(Coded& coded, const File& file, std::string_view type, const FilesOptions& options,
                 bool varies) {
  auto add = [&coded](std::string_view name, std::string_view value) {
    coded.lines.append(name).append(": ").append(value).append("\r\n");
  };
  std::array<char, kDateSize> modified = format_date(file.modified / kSecond);
  add("ETag", coded.etag);
  add("Last-Modified", {modified.data(), modified.size()});
  add("Accept-Ranges", "bytes");
  if (varies) add("Vary", "Accept-Encoding");
  if (!options.cache_control.empty()) add("Cache-Control", options.cache_control);
  coded.about_state = coded.lines.size();
  // A browser is to believe the type.
  add("Content-Type", type);
  add("X-Content-Type-Options", "nosniff");
}

// Reads a small file, and compresses it if that is wanted and helps.
Errc read_whole(const File& file, Entry& entry, bool compress) {
  std::string& content = entry.plain.content;
  content.resize(file.size);
  Result<std::size_t> count = file.read(content, 0);
  if (!count) return count.error().code();
  if (*count != file.size) return Errc::io_error;  // it shrinks
  if (!compress || file.size < kLeastCompressed) return Errc::ok;
  entry.compressed.content = compress_gzip(content);
  if (entry.compressed.content.size() >= content.size()) entry.compressed.content.clear();
  return Errc::ok;
}

}  // namespace

class Files::Shared {
 public:
  Shared(Folder opened, FilesOptions given) : folder(std::move(opened)), options(std::move(given)) {}

  Folder folder;
  FilesOptions options;

  // Answers with what is known of a file.
  NET_MAKES_TASK static Task<> answer(Request& request, Response& response, EntryPointer entry);
  static Task<> look_and_answer(Request& request, Response& response, std::shared_ptr<Shared> shared,
                                std::string path, bool names_folder);

  EntryPointer known(const std::string& path) const {
    auto found = entries_.find(path);
    if (found != entries_.end()) return found->second;
    auto opened = open_.find(path);
    return opened == open_.end() ? nullptr : opened->second.lock();
  }
  void keep(const std::string& path, const EntryPointer& entry) {
    entry->fresh_until = Loop::current().iteration_time() + options.cache_time;
    forget(path);
    if (!entry->whole) {
      std::erase_if(open_, [](const auto& each) { return each.second.expired(); });
      open_.emplace(path, entry);
      return;
    }
    if (entry->weight() > options.cache) return;
    // What is asked for often comes back at once.
    if (weight_ + entry->weight() > options.cache) {
      entries_.clear();
      weight_ = 0;
    }
    weight_ += entry->weight();
    entries_.emplace(path, entry);
  }
  void forget(const std::string& path) {
    open_.erase(path);
    auto found = entries_.find(path);
    if (found == entries_.end()) return;
    weight_ -= found->second->weight();
    entries_.erase(found);
  }

  // Opens and, if it is small, reads the file. On a thread of the pool. With `known` that is given again if the
  // file has not changed.
  Result<EntryPointer> look(const std::string& path, const EntryPointer& known) const {
    Result<File> opened = folder.file(path, options.symlinks);
    if (!opened) return failure(opened.error());
    File& file = *opened;
    if (known != nullptr && !file.is_folder && known->is_same_as(file)) return known;
    auto entry = std::make_shared<Entry>();
    entry->is_folder = file.is_folder;
    entry->size = file.size;
    entry->inode = file.inode;
    entry->modified = file.modified;
    if (file.is_folder) return entry;
    entry->whole = file.size <= options.cached_file;
    std::string_view type = media_type_of(path);
    if (entry->whole) {
      Errc read = read_whole(file, *entry, options.compress && is_compressible(type));
      if (read != Errc::ok) return failure(read, "read a file");
    }
    bool varies = !entry->compressed.content.empty();
    entry->plain.etag = etag_of(file, "");
    write_lines(entry->plain, file, type, options, varies);
    if (varies) {
      entry->compressed.etag = etag_of(file, "-gzip");
      write_lines(entry->compressed, file, type, options, varies);
      entry->compressed.lines += "Content-Encoding: gzip\r\n";
    }
    if (!entry->whole) entry->file = std::move(file);
    return entry;
  }

 private:
  static Task<> answer_asked(Request& request, Response& response, EntryPointer entry, bool is_compressed);

  std::unordered_map<std::string, EntryPointer> entries_;
  // Large files that are being sent: however many send one, it is open once.
  std::unordered_map<std::string, std::weak_ptr<Entry>> open_;
  std::size_t weight_ = 0;
};

namespace {

NET_MAKES_TASK Task<> not_found(Response& response) { return response.status(404).send("Not Found\n"); }

// A folder's own name has no slash, and what it refers to relatively would be looked for beside it.
Task<> add_slash(Request& request, Response& response) {
  // "//evil.example" at the beginning would be another host.
  std::string_view path = request.path();
  path.remove_prefix(path.find_first_not_of('/') - 1);
  std::string to = std::string(path) + "/";
  if (!request.query().empty()) to += "?" + std::string(request.query());
  co_await response.status(301).header("Location", to).send(Bytes());
}

// The content's bytes from `first` on, of a file that is not in memory.
Task<> send_parts(Response& response, const File& file, std::uint64_t first, std::uint64_t length) {
  response.content_length(length);
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(length, kPart)), '\0');
  while (length != 0) {
    std::span<char> part(buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(length, kPart)));
    auto reading = blocking([&file, part, first] { return file.read(part, first); });
    Result<std::size_t> count = co_await reading;
    if (!count) co_await fail(count.error());
    if (*count != part.size()) co_await fail(Errc::io_error, "read a file that shrinks");
    co_await response.write(std::string_view(part.data(), part.size()));
    first += part.size();
    length -= part.size();
  }
}

}  // namespace

// To a request that may have conditions, or ask for a part; or of a file that is not in memory.
Task<> Files::Shared::answer_asked(Request& request, Response& response, EntryPointer entry,
                                   bool is_compressed) {
  const Coded& coded = is_compressed ? entry->compressed : entry->plain;
  std::string_view lines = coded.lines;
  std::string_view about_state = lines.substr(0, coded.about_state);
  Validators validators;
  validators.etag = coded.etag;
  validators.modified = entry->modified / kSecond;
  int status = evaluate_conditions(request.method(), request.fields(), validators);
  if (status != 200) {
    response.status(status).add_lines(about_state);
    co_await response.send(Bytes());
    co_return;
  }
  ByteRange range;
  if (request.method() == "GET" && if_range_holds(request.fields(), validators)) {
    range = parse_range(request.header("range"), entry->size);
  }
  std::uint64_t first = 0;
  std::uint64_t length = entry->size;
  bool is_part = range.kind == ByteRange::Kind::kPart;
  if (range.kind != ByteRange::Kind::kWhole) {
    Text<80> text;
    text << "bytes ";
    if (is_part) {
      text << range.first << '-' << range.first + range.length - 1;
    } else {
      text << '*';
    }
    text << '/' << entry->size;
    response.status(is_part ? 206 : 416).header("Content-Range", text.text());
    if (!is_part) {
      response.add_lines(about_state);
      co_await response.send(Bytes());
      co_return;
    }
    first = range.first;
    length = range.length;
  }
  response.add_lines(lines);
  if (!entry->whole && request.method() == "HEAD") {
    response.content_length(length);  // without reading what is not sent
    co_return;
  }
  if (!entry->whole) {
    co_await send_parts(response, entry->file, first, length);
    co_return;
  }
  Bytes content = bytes(coded.content);
  if (is_part) content = content.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(length));
  co_await response.send(content, std::move(entry));
}

Task<> Files::Shared::answer(Request& request, Response& response, EntryPointer entry) {
  bool may_compress = !entry->compressed.content.empty() && accepts_coding(request.fields(), "gzip");
  if (!entry->whole || may_have_conditions(request.fields())) {
    bool is_compressed = may_compress && request.header("range").empty();
    return answer_asked(request, response, std::move(entry), is_compressed);
  }
  const Coded& coded = may_compress ? entry->compressed : entry->plain;
  response.add_lines(coded.lines);
  return response.send(bytes(coded.content), std::move(entry));
}

// The shared part outlives the handler, if that goes meanwhile.
Task<> Files::Shared::look_and_answer(Request& request, Response& response, std::shared_ptr<Shared> shared,
                                      std::string path, bool names_folder) {
  EntryPointer known = shared->known(path);
  auto looking = blocking([&shared, &path, &known] { return shared->look(path, known); });
  Result<EntryPointer> looked = co_await looking;
  if (!looked) {
    shared->forget(path);
    Errc code = looked.error().code();
    if (code == Errc::address_not_available || code == Errc::permission_denied) {
      co_await not_found(response);
      co_return;
    }
    co_await fail(looked.error());
  }
  EntryPointer entry = std::move(*looked);
  if (entry->is_folder) {
    if (names_folder) {
      co_await not_found(response);  // a folder of the index's name
    } else {
      co_await add_slash(request, response);
    }
    co_return;
  }
  // Others may have looked meanwhile.
  known = shared->known(path);
  if (known != nullptr && known->is_same_as(*entry)) entry = std::move(known);
  shared->keep(path, entry);
  co_await answer(request, response, std::move(entry));
}

Files::Files(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

Result<Files> Files::open(const std::string& folder, FilesOptions options) {
  if (!is_field_value(options.cache_control))
    return failure(Errc::invalid_argument, "a Cache-Control of files");
  Result<Folder> opened = Folder::open(folder);
  if (!opened) return failure(opened.error());
  return Files(std::make_shared<Shared>(std::move(*opened), std::move(options)));
}

Task<> Files::operator()(Request& request, Response& response) {
  const FilesOptions& options = shared_->options;
  std::string path(request.parameter("path"));
  if (!is_safe(path, options.hidden)) return not_found(response);
  bool names_folder = path.empty() || path.ends_with('/');
  if (names_folder) path += options.index;
  EntryPointer entry = shared_->known(path);
  if (entry != nullptr && earlier(Loop::current().iteration_time(), entry->fresh_until)) {
    return Shared::answer(request, response, std::move(entry));
  }
  return Shared::look_and_answer(request, response, shared_, std::move(path), names_folder);
}

}  // namespace net::http
