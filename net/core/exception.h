// Thrown: an exception on its way through awaits; nothing at all in builds without exceptions.
#pragma once

#include <utility>

#ifdef __cpp_exceptions
#include <exception>
#else
#include <cstdlib>
#endif

namespace net {

#ifdef __cpp_exceptions
class Thrown {
 public:
  Thrown() = default;
  static Thrown current() { return Thrown(std::current_exception()); }
  explicit operator bool() const { return pointer_ != nullptr; }
  [[noreturn]] void rethrow() const { std::rethrow_exception(pointer_); }
  // Its words, if it is a std::exception. Valid while the exception is kept.
  [[nodiscard]] const char* what() const {
    try {
      std::rethrow_exception(pointer_);
    } catch (const std::exception& exception) {
      return exception.what();
    } catch (...) {
      return "unknown exception";
    }
  }

 private:
  explicit Thrown(std::exception_ptr pointer) : pointer_(std::move(pointer)) {}
  std::exception_ptr pointer_;
};
#else
class Thrown {
 public:
  static Thrown current() { std::abort(); }
  explicit operator bool() const { return false; }
  [[noreturn]] void rethrow() const { std::abort(); }
  [[nodiscard]] static const char* what() { return ""; }
};
#endif

}  // namespace net
