// Callable: a function or a lambda, kept; what handlers and middleware are registered as.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "net/core/fatal.h"
#include "net/core/memory.h"
#include "net/core/task.h"

namespace net::http {

template <class Signature>
class Callable;

// Movable. What it keeps is in a block of `net::allocate`.
template <class R, class... Args>
class Callable<R(Args...)> {
 public:
  Callable() = default;
  // Without memory it ends the program with a message: handlers are registered when it begins.
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Callable> &&
             std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
  Callable(F&& function) {  // NOLINT: a handler is written where one is wanted
    using Kept = std::decay_t<F>;
    void* block = allocate(sizeof(Kept));
    if (block == nullptr) net::detail::fatal("no memory for a handler");
    kept_ = static_cast<void*>(new (block) Kept(std::forward<F>(function)));
    call_ = call<Kept>;
    destroy_ = [](void* kept) {
      static_cast<Kept*>(kept)->~Kept();
      release(kept, sizeof(Kept));
    };
  }
  Callable(Callable&& other) noexcept
      : kept_(std::exchange(other.kept_, nullptr)), call_(other.call_), destroy_(other.destroy_) {}
  Callable& operator=(Callable&& other) noexcept {
    std::swap(kept_, other.kept_);
    std::swap(call_, other.call_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  Callable(const Callable&) = delete;
  Callable& operator=(const Callable&) = delete;
  ~Callable() {
    if (kept_ != nullptr) destroy_(kept_);
  }

  [[nodiscard]] explicit operator bool() const { return kept_ != nullptr; }
  NET_MAKES_TASK R operator()(Args... arguments) const {
    return call_(kept_, std::forward<Args>(arguments)...);
  }

 private:
  template <class Kept>
  NET_MAKES_TASK static R call(void* kept, Args... arguments) {
    return (*static_cast<Kept*>(kept))(std::forward<Args>(arguments)...);
  }

  void* kept_ = nullptr;
  R (*call_)(void* kept, Args... arguments) = nullptr;
  void (*destroy_)(void* kept) = nullptr;
};

}  // namespace net::http
