#include "net/sim/host.h"

#include <algorithm>

#include "net/core/straggler.h"
#include "net/sim/simulation.h"

namespace net::sim {
namespace {

std::uint8_t number(std::size_t index) { return static_cast<std::uint8_t>(index + 1); }

}  // namespace

// The simulation as one host's stack sees it.
class Host::Ports final : public Surroundings {
 public:
  explicit Ports(Host& host) : host_(host) {}
  TimePoint now() override { return host_.simulation_.now_; }
  std::uint32_t random() override { return static_cast<std::uint32_t>(host_.simulation_.random_()); }
  void send(std::span<const std::byte> frame) override { host_.simulation_.send(host_.index_, frame); }
  bool allows_socket(std::size_t open) override {
    bool allowed = open < host_.sockets_ && !host_.refuses(host_.pressure_.sockets);
    host_.sockets_refused_ += allowed ? 0 : 1;
    return allowed;
  }
  bool allows_memory(std::size_t used, std::size_t more) override {
    bool within = more <= host_.stack_memory_ && used <= host_.stack_memory_ - more;
    bool allowed = within && !host_.refuses(host_.pressure_.stack_memory);
    host_.stack_memory_refused_ += allowed ? 0 : 1;
    return allowed;
  }

 private:
  Host& host_;
};

Host::Host(Simulation& simulation, std::size_t index, std::string name, MakeStack make)
    : simulation_(simulation),
      index_(index),
      name_(std::move(name)),
      options_({0x02, 0, 0, 0, 0, number(index)}, Address::v4(10, 0, 0, number(index)), 24,
               Address::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number(index)})),
      spells_(simulation.seed_ + 3 * index),
      refusals_(simulation.seed_ + 3 * index + 1),
      memory_refusals_(simulation.seed_ + 3 * index + 2),
      ports_(std::make_unique<Ports>(*this)),
      stack_(make(*ports_, options_)) {}

Host::~Host() {
  Entered entered(*this);
  task_.reset();
  group_.reset();
}

void Host::cancel() {
  if (!group_) return;
  Entered entered(*this);
  group_->cancel();
}

void Host::allow_memory(std::size_t bytes) {
  MemoryAccount::Used used(account_);
  // There, 0 is no limit; and no block is as small as one byte.
  set_memory_limit(bytes == kAll ? 0 : std::max<std::size_t>(bytes, 1));
}

void Host::set_pressure(const Pressure& pressure) {
  pressure_ = pressure;
  // It begins with a pause, if there are any.
  in_spell_ = true;
  spell_ends_ = simulation_.now_;
  MemoryAccount::Used used(account_);
  set_memory_refusal(pressure.memory > 0 ? &refusal_ : nullptr);
}

bool Host::pressed() {
  if (pressure_.pause <= Duration::zero()) return true;
  while (spell_ends_ <= simulation_.now_) {
    in_spell_ = !in_spell_;
    spell_ends_ += spells_.within(2 * (in_spell_ ? pressure_.lasting : pressure_.pause)) + Duration(1);
  }
  return in_spell_;
}

bool Host::refuses(double probability) { return probability > 0 && pressed() && refusals_.of(probability); }

bool Host::Refusal::refuses(std::size_t) {
  return host_.pressed() && host_.memory_refusals_.of(host_.pressure_.memory);
}

MemoryStatistics Host::memory() {
  MemoryAccount::Used used(account_);
  return memory_statistics();
}

TimePoint Host::due() { return std::min(stack_->loop().due(), stack_->due()); }

bool Host::straggles() {
  Entered entered(*this);
  return Straggler::hurry_all();
}

void Host::turn() {
  Entered entered(*this);
  arrived_ = false;
  stack_->loop().turn();
}

void Host::poll() {
  arrived_ = false;
  stack_->poll();
}

Result<> Host::outcome() const {
  if (task_->thrown()) task_->thrown().rethrow();
  if (task_->failed()) return Result<>(tl::unexpect, task_->error());
  return {};
}

}  // namespace net::sim
