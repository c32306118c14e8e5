#include "net/core/dump.h"

#include <cstring>

namespace net {

namespace {

// Small, where a library's search is made for long texts.
bool stands_at(std::string_view part, std::string_view text, std::size_t at) {
  return text.size() - at >= part.size() && std::memcmp(text.data() + at, part.data(), part.size()) == 0;
}

}  // namespace

std::string_view function_name(std::string_view signature) {
  // The name begins after the return type and after unnamed namespaces, and ends at its parameters. A lambda's
  // first parenthesis is that of the function around it, whose name it thus gets.
  std::size_t start = 0;
  std::size_t end = 0;
  int depth = 0;  // of template arguments
  auto at = [&](std::string_view text) { return stands_at(text, signature, end); };
  while (end < signature.size()) {
    if (at("(anonymous namespace)::") || at("{anonymous}::")) {
      while (!at("::")) ++end;
      end += 2;
      if (depth == 0) start = end;
      continue;
    }
    if (depth == 0 && at("operator") && !at("operator ")) {
      end += 8;
      if (at("()")) ++end;
      while (end < signature.size() && !at("(") && !at(")")) ++end;
      if (at(")")) ++end;
      continue;
    }
    if (depth == 0 && (at("(") || at("<lambda"))) break;
    if (at("<")) ++depth;
    if (at(">") && depth > 0) --depth;
    ++end;
    if (signature[end - 1] == ' ' && depth == 0) start = end;
  }
  std::string_view name(signature.data() + start, end - start);
  if (name.ends_with("::")) name.remove_suffix(2);
  bool unnamed = name.empty() || (end < signature.size() && signature[end] == '<' && signature[end - 1] != ':');
  return unnamed ? "lambda" : name;
}

class TaskDump {
 public:
  TaskDump(Loop& loop, void (*print)(std::string_view, void*), void* data)
      : now_(loop.now()), running_(loop.running().location), print_(print), data_(data) {}

  void all(Loop& loop) { groups(loop.groups_, 0); }

 private:
  void groups(Group* first, int depth) {
    // The newest group is first in the list; show the oldest first.
    if (first == nullptr) return;
    groups(first->next_group_, depth);
    for (Fiber* fiber = first->fibers_.front(); fiber != nullptr; fiber = first->fibers_.next(*fiber)) {
      line(*fiber, depth);
      groups(fiber->groups_, depth + 1);
    }
  }

  void line(const Fiber& fiber, int depth) {
    Text<320> out;
    for (int i = 0; i < depth; ++i) out << "  ";
    const Frame* frame = fiber.top_;
    bool running = &fiber == context.fiber;
    if (frame == nullptr) {
      out << "(operation)";
    } else if (running) {
      place(out, fiber, running_);  // its innermost frame may have gone
    } else {
      frames(out, fiber, frame);
    }
    out << ": ";
    if (running) {
      out << "running";
      print_(out.text(), data_);
      return;
    }
    if (fiber.operation_ != nullptr && !fiber.operation_->pending()) {
      out << "ready";
    } else if (fiber.operation_ != nullptr) {
      fiber.operation_->describe(out);
    } else {
      out << "ready to begin";
    }
    std::int64_t waited = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - fiber.since_).count();
    if (waited < 0) waited = 0;
    std::int64_t rest = waited % 1000;
    out << ", for " << static_cast<std::uint64_t>(waited / 1000) << '.' << (rest < 100 ? "0" : "")
        << (rest < 10 ? "0" : "") << static_cast<std::uint64_t>(rest) << " s";
    print_(out.text(), data_);
  }

  static void frames(TextBuffer& out, const Fiber& fiber, const Frame* innermost) {
    // Frames of the library itself (timeout, scope …) are left out where a user's frame is there to show.
    const Frame* shown = innermost;
    for (const Frame* frame = innermost; frame != nullptr; frame = frame->parent) {
      if (!of_library(*frame)) {
        shown = frame;
        break;
      }
    }
    if (fiber.name_ != nullptr) {
      out << fiber.name_;
    } else {
      out << function_name(shown->location.function_name());
      for (const Frame* outer = shown->parent; outer != nullptr; outer = outer->parent) {
        if (!of_library(*outer)) out << " < " << function_name(outer->location.function_name());
      }
    }
    out << " at " << shown->location.file_name() << ':' << static_cast<std::uint64_t>(shown->location.line());
  }
  static void place(TextBuffer& out, const Fiber& fiber, const Location& where) {
    out << (fiber.name_ != nullptr ? fiber.name_ : function_name(where.function_name())) << " at "
        << where.file_name() << ':' << static_cast<std::uint64_t>(where.line());
  }

  static bool of_library(const Frame& frame) {
    std::string_view file = frame.location.file_name();
    auto of = [file](std::string_view folder) {
      for (std::size_t i = 0; i < file.size(); ++i) {
        if (stands_at(folder, file, i)) return true;
      }
      return false;
    };
    for (std::string_view folder : {"net/core/", "net/io/", "net/uv/", "net/run.h", "embedded/runtime/"}) {
      if (of(folder)) return true;
    }
    return false;
  }

  TimePoint now_;
  Location running_;  // where the running task awaited last
  void (*print_)(std::string_view, void*);
  void* data_;
};

void dump_tasks(Loop& loop, void (*print)(std::string_view line, void* data), void* data) {
  TaskDump(loop, print, data).all(loop);
}

std::string dump_tasks(Loop& loop) {
  std::string text;
  dump_tasks(
      loop,
      [](std::string_view line, void* data) { static_cast<std::string*>(data)->append(line).append("\n"); },
      &text);
  return text;
}

void name_task(const char* name) { context.fiber->set_name(name); }

}  // namespace net
