// Files: a handler that serves a folder. Desktop only.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "net/core/error.h"
#include "net/core/task.h"
#include "net/core/time.h"
#include "net/http/request.h"
#include "net/http/response.h"

namespace net::http {

class FilesOptions {
 public:
  std::string index = "index.html";  // of a folder; a folder without one is not found
  bool symlinks = true;              // relative ones that stay within the folder; else none
  bool hidden = false;               // names that begin with a dot
  bool compress = true;              // text up to `cached_file`, with gzip, where the peer takes it
  std::string cache_control;         // the field's value; empty: none

  std::size_t cached_file = 256 * 1024;           // files up to this size are kept in memory
  std::size_t cache = 32 * 1024 * 1024;           // up to this much in all; 0: none
  Duration cache_time = std::chrono::seconds(1);  // until the file is looked at again

  FilesOptions() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  FilesOptions& set_index(std::string value) { return index = std::move(value), *this; }
  FilesOptions& set_symlinks(bool value) { return symlinks = value, *this; }
  FilesOptions& set_hidden(bool value) { return hidden = value, *this; }
  FilesOptions& set_compress(bool value) { return compress = value, *this; }
  FilesOptions& set_cache_control(std::string value) { return cache_control = std::move(value), *this; }
  FilesOptions& set_cached_file(std::size_t value) { return cached_file = value, *this; }
  FilesOptions& set_cache(std::size_t value) { return cache = value, *this; }
  FilesOptions& set_cache_time(Duration value) { return cache_time = value, *this; }
};

// Answers GET and HEAD with the file that the route's parameter `path` names: `router.get("/{path...}",
// files)`. Validators (ETag, Last-Modified), conditional requests, one range, gzip; a folder's name is
// completed by a slash. A request for several ranges is answered with the whole file, as RFC 9110 lets it be
// (14.2: the field may be ignored; 17.15: several ranges are what an attacker asks for).
//
// No path leads out of the folder: names are refused that have a segment "..", an empty one, or a NUL, and the
// system resolves what is left below the folder only. Opening and reading is done on threads of the pool
// (net/core/blocking.h); small files are kept in memory and looked at again after `cache_time`. A larger one is
// open once while it is sent, to however many peers.
//
// Copies share everything. *Lifetime*: used on one loop.
class Files {
 public:
  // *Errors*: those of opening the folder; invalid_argument for a Cache-Control that is none.
  static Result<Files> open(const std::string& folder, FilesOptions options = FilesOptions());

  // *Errors*: those of Response::send and Response::write; io_error for a file that shrinks meanwhile;
  // too_many_open and no_memory, which the server answers 503. What is not there, or may not be read, is
  // answered 404. *Cancellation*: as `blocking` and Response::write.
  NET_MAKES_TASK Task<> operator()(Request& request, Response& response);

 private:
  class Shared;
  explicit Files(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;
};

}  // namespace net::http
