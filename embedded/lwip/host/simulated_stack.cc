#include "embedded/lwip/host/simulated_stack.h"

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#include <sys/mman.h>

#include <dlfcn.h>
#include <unistd.h>

#include "embedded/lwip/host/loaded.h"
#include "net/core/frame.h"

// The shared object, as it is: BUILD.
extern "C" const char net_lwip_image_begin[], net_lwip_image_end[];

namespace net::lwip {
namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "a simulated host cannot be loaded: %s\n", what);
  std::abort();
}

std::set<const void*>& copies() {
  static std::set<const void*> all;
  return all;
}

// The linker knows files by their inodes: each copy is a file of its own, in memory.
int make_file() {
  int file = memfd_create("lwip", MFD_CLOEXEC);
  if (file == -1) fail("no memory");
  for (const char* at = net_lwip_image_begin; at != net_lwip_image_end;) {
    ssize_t written = write(file, at, static_cast<std::size_t>(net_lwip_image_end - at));
    if (written <= 0) fail("no memory");
    at += written;
  }
  return file;
}

class LoadedStack final : public sim::Stack {
 public:
  LoadedStack(sim::Surroundings& surroundings, const sim::StackOptions& options) : file_(make_file()) {
    std::string path = "/proc/self/fd/" + std::to_string(file_);
    // One that has stayed would be taken for this one, which has its name.
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD) != nullptr) fail("an earlier one was not unloaded");
    library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) fail(dlerror());
    auto host = reinterpret_cast<LoadedHost>(dlsym(library_, "net_lwip_host"));
    if (host == nullptr) fail(dlerror());
    loaded_ = host(surroundings, options);
    if (loaded_.of_program != &context) fail("it has tasks of its own (is the program linked with -rdynamic?)");
    if (!copies().insert(loaded_.of_copy).second) fail("it is not alone (does the program have an lwIP too?)");
  }
  ~LoadedStack() override {
    copies().erase(loaded_.of_copy);
    delete loaded_.stack;
    dlclose(library_);
    close(file_);
  }

  Loop& loop() override { return loaded_.stack->loop(); }
  Network& network() override { return loaded_.stack->network(); }
  std::uint32_t interface() override { return loaded_.stack->interface(); }
  void poll() override { loaded_.stack->poll(); }
  void deliver(std::span<const std::byte> frame) override { loaded_.stack->deliver(frame); }
  TimePoint due() override { return loaded_.stack->due(); }
  std::size_t open_sockets() override { return loaded_.stack->open_sockets(); }

 private:
  int file_;
  void* library_ = nullptr;
  Loaded loaded_{};
};

}  // namespace

std::unique_ptr<sim::Stack> simulated_stack(sim::Surroundings& surroundings, const sim::StackOptions& options) {
  return std::make_unique<LoadedStack>(surroundings, options);
}

}  // namespace net::lwip
