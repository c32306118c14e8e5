#include "net/program.h"

#include "net/core/fatal.h"

namespace net::detail {
namespace {

int fail(std::string_view message) {
  write_line("error", message);
  return 1;
}

}  // namespace

void MainFiber::start(Group& group) {
  group_ = &group;
  Frame* first = main_.start();
  if (first == nullptr) {
    group.fail_start();
    return;
  }
  set_first(*first);
  group.start(*this);
}

void MainFiber::ended(Frame* first, const Error* error) {
  if (error != nullptr) {
    group_->fail(*error);
    return;
  }
  if (first->threw) {
    group_->fail(main_.thrown(*first));
  } else {
    status_ = main_.status(*first);
  }
  first->handle().destroy();
}

Program::Running::Running(Program& program, Main& main)
    : program_(program),
      entered_(program.loop_),
      used_(program.network_),
      group_(Group::Policy::kIndependent),
      fiber_(main) {
  program.group_ = &group_;
  fiber_.start(group_);
  if (program.cancelled_) group_.cancel();
}

int Program::Running::finish() {
  program_.loop_.run(group_);
  program_.group_ = nullptr;
  if (group_.thrown()) return fail(group_.thrown().what());
  const Error* error = group_.error();  // none after a failure that is the cancellation itself
  if (error == nullptr) return fiber_.status();
  if constexpr (!kDiagnostics) {
    write_number("error", static_cast<std::uint32_t>(error->code()), "");
    return 1;
  }
  Text<200> message;
  error->write_message(message);
  return fail(message.text());
}

int Program::run(Main& main) { return Running(*this, main).finish(); }

}  // namespace net::detail
