#include "net/core/dump.h"

#include <cstring>

namespace net {

namespace {

// Small, where a library's search is made for long texts.
bool starts(const char* text, const char* part) {
  while (*part != '\0') {
    if (*text++ != *part++) return false;
  }
  return true;
}

}  // namespace

std::string_view function_name(const char* signature) {
  // The name begins after the return type and after unnamed namespaces, and ends at its parameters. A lambda's
  // first parenthesis is that of the function around it, whose name it thus gets.
  const char* start = signature;
  const char* end = signature;
  int depth = 0;  // of template arguments
  while (*end != '\0') {
    if (starts(end, "(anonymous n") || *end == '{') {  // in gcc's words {anonymous}
      end = std::strchr(end, ':') + 2;
      if (depth == 0) start = end;
      continue;
    }
    if (depth == 0) {
      if (*end == '(' || starts(end, "<lambda")) break;
      if (starts(end, "operator") && end[8] != ' ') {
        end += 8;
        if (starts(end, "()")) end += 2;
        while (*end != '\0' && *end != '(') ++end;
        continue;
      }
    }
    char c = *end++;
    if (c == '<') ++depth;
    if (c == '>' && depth > 0) --depth;
    if (c == ' ' && depth == 0) start = end;
  }
  bool unnamed = end == start || (*end == '<' && end[-1] != ':');
  if (unnamed) return "lambda";
  if (end - start > 2 && end[-1] == ':') end -= 2;
  return {start, static_cast<std::size_t>(end - start)};
}

#if NET_DIAGNOSTICS
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
    for (const char* file = frame.location.file_name(); *file != '\0'; ++file) {
      for (const char* folder : {"net/core/", "net/io/", "net/uv/", "net/run.h", "embedded/runtime/"}) {
        if (starts(file, folder)) return true;
      }
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
#else
void dump_tasks(Loop&, void (*)(std::string_view, void*), void*) {}
#endif

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
