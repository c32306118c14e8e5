#include "net/sim/simulation.h"

#include <algorithm>

#include "net/core/dump.h"
#include "net/core/fatal.h"

namespace net::sim {
namespace {

using namespace std::chrono_literals;

// At most so long is a frame held back for others to overtake it.
constexpr Duration kHeldBack = 20ms;
// Longer than anything takes to end that is going to.
constexpr Duration kDay = 24h;

std::vector<std::byte> copy(std::span<const std::byte> frame) { return {frame.begin(), frame.end()}; }

}  // namespace

Simulation::Simulation(std::uint64_t seed, MakeStack make)
    : seed_(seed), random_(seed), make_(make), ways_(kHosts * kHosts) {}

Simulation::~Simulation() {
  finish();
  ended_ = true;  // what stacks still send as they go, nobody gets
  hosts_.clear();
}

Host& Simulation::add(std::string name) {
  if (hosts_.size() == kHosts) detail::fatal("a simulation has at most 16 hosts");
  hosts_.push_back(std::unique_ptr<Host>(new Host(*this, hosts_.size(), std::move(name), make_)));
  return *hosts_.back();
}

void Simulation::set_quality(const Quality& quality) {
  for (Way& each : ways_) each.quality = quality;
}
void Simulation::set_quality(const Host& from, const Host& to, const Quality& quality) {
  way(from.index_, to.index_).quality = quality;
}
const Quality& Simulation::quality(const Host& from, const Host& to) const {
  return ways_[from.index_ * kHosts + to.index_].quality;
}

void Simulation::cut(const Host& from, const Host& to) { way(from.index_, to.index_).quality.cut = true; }
void Simulation::part(const Host& one, const Host& other) {
  cut(one, other);
  cut(other, one);
}
void Simulation::heal(const Host& one, const Host& other) {
  way(one.index_, other.index_).quality.cut = false;
  way(other.index_, one.index_).quality.cut = false;
}
void Simulation::heal() {
  for (Way& each : ways_) each.quality.cut = false;
}

void Simulation::after(Duration time, std::function<void()> function) {
  planned_.push(Planned{now_ + time, order_++, std::move(function)});
}

void Simulation::set_any_quality(double most_loss) {
  for (Way& each : ways_) {
    // A statement each: the order in which chance is asked is part of what a seed means.
    Quality& quality = each.quality = Quality();
    quality.latency = std::chrono::microseconds(random_() % 50'000);
    quality.jitter = std::chrono::microseconds(random_() % 20'000);
    quality.loss = std::max(0.0, up_to(most_loss * 1.25) - most_loss * 0.25);
    quality.duplication = up_to(0.1);
    quality.reordering = up_to(0.2);
    quality.corruption = up_to(0.05);
    quality.bytes_per_second = random_() % 1'000'000;
    if (quality.bytes_per_second < 10'000 || random_() % 2 == 0) quality.bytes_per_second = 0;
  }
}

void Simulation::set_any_pressure(double most_refusals) {
  for (auto& host : hosts_) {
    // Half of the kinds are not there: one shortage alone shows what many hide.
    Pressure pressure;
    for (double* each : {&pressure.sockets, &pressure.memory, &pressure.stack_memory})
      *each = std::max(0.0, (up_to(2) - 1) * most_refusals);
    pressure.lasting = std::chrono::milliseconds(random_() % 2000);
    pressure.pause = std::chrono::milliseconds(1 + random_() % 5000);
    host->set_pressure(pressure);
  }
}

void Simulation::relieve() {
  for (auto& host : hosts_) {
    host->allow_sockets(Host::kAll);
    host->allow_memory(Host::kAll);
    host->allow_stack_memory(Host::kAll);
    host->set_pressure(Pressure());
  }
}

// The same on every machine, unlike the standard library's distributions.
bool Simulation::chance(double probability) {
  if (probability <= 0) return false;
  return up_to(1) < probability;
}

double Simulation::up_to(double most) { return static_cast<double>(random_() >> 11) * 0x1p-53 * most; }

void Simulation::send(std::size_t from, std::span<const std::byte> frame) {
  // There is no carrier before a host is there.
  if (ended_ || from >= hosts_.size()) return;
  if (capture_) {
    auto us = std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch()).count();
    auto size = static_cast<std::uint32_t>(frame.size());
    std::array<std::uint32_t, 4> header{static_cast<std::uint32_t>(us / 1'000'000),
                                        static_cast<std::uint32_t>(us % 1'000'000), size, size};
    std::fwrite(header.data(), sizeof header, 1, capture_.get());
    std::fwrite(frame.data(), 1, frame.size(), capture_.get());
  }
  bool to_all = (frame[0] & std::byte{1}) != std::byte{};
  for (std::size_t to = 0; to != hosts_.size(); ++to) {
    if (to == from) continue;
    const Mac& mac = hosts_[to]->options_.mac;
    auto mine = [&] {
      return std::equal(mac.begin(), mac.end(), frame.begin(),
                        [](std::uint8_t a, std::byte b) { return static_cast<std::byte>(a) == b; });
    };
    if (to_all || mine()) carry(from, to, frame);
  }
}

void Simulation::carry(std::size_t from, std::size_t to, std::span<const std::byte> frame) {
  Way& line = way(from, to);
  const Quality& quality = line.quality;
  line.free = std::max(line.free, now_);
  if (quality.bytes_per_second != 0)
    line.free += Duration(frame.size() * 1'000'000'000 / quality.bytes_per_second);
  int copies = chance(quality.duplication) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (quality.cut || chance(quality.loss)) continue;
    TimePoint at = line.free + quality.latency;
    if (quality.jitter > Duration::zero()) {
      at += Duration(random_() % static_cast<std::uint64_t>(quality.jitter.count()));
    }
    if (chance(quality.reordering)) {
      at += Duration(random_() % static_cast<std::uint64_t>(kHeldBack.count()));
    } else {
      line.last = at = std::max(at, line.last);
    }
    std::vector<std::byte> bytes = copy(frame);
    if (chance(quality.corruption)) {
      std::uint64_t bit = random_() % (bytes.size() * 8);
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    on_their_way_.push(Frame{at, order_++, from, to, std::move(bytes)});
  }
}

void Simulation::note(const Frame& frame) {
  auto add = [&](std::uint64_t value) {
    for (int i = 0; i < 8; ++i, value >>= 8) hash_ = (hash_ ^ (value & 0xFF)) * 1099511628211U;
  };
  add(static_cast<std::uint64_t>(frame.at.time_since_epoch().count()));
  add(frame.from);
  add(frame.to);
  const std::byte* bytes = frame.bytes.data();  // half the time of an unoptimised run is spent here
  for (std::size_t i = 0; i != frame.bytes.size(); ++i) {
    hash_ = (hash_ ^ std::to_integer<std::uint64_t>(bytes[i])) * 1099511628211U;
  }
  ++frames_;
}

void Simulation::happen() {
  while (!planned_.empty() && planned_.top().at <= now_) {
    std::function<void()> function = planned_.top().function;
    planned_.pop();
    function();
  }
}

void Simulation::arrive() {
  while (!on_their_way_.empty() && on_their_way_.top().at <= now_) {
    const Frame& frame = on_their_way_.top();
    note(frame);
    Host& host = *hosts_[frame.to];
    host.arrived_ = true;
    host.stack_->deliver(frame.bytes);
    on_their_way_.pop();
  }
}

// Goes to the next time at which something happens, and lets it happen. False if that is after `until`, or
// never.
bool Simulation::step(TimePoint until) {
  TimePoint next = on_their_way_.empty() ? kNever : on_their_way_.top().at;
  for (auto& host : hosts_) {
    next = std::min(next, host->due());
  }
  if (!planned_.empty()) next = std::min(next, planned_.top().at);
  if (next > until || next == kNever) return false;
  now_ = std::max(now_, next);
  happen();
  arrive();
  // Who goes first is chance; what one does now, another sees later.
  std::vector<Host*> turns;
  for (auto& host : hosts_) {
    if (host->arrived_ || host->due() <= now_) turns.push_back(host.get());
  }
  for (std::size_t i = turns.size(); i > 1; --i) std::swap(turns[i - 1], turns[random_() % i]);
  for (Host* host : turns) {
    if (shared_) {
      host->poll();
    } else {
      host->turn();
    }
  }
  return true;
}

void Simulation::dump() {
  for (auto& host : hosts_) {
    std::fprintf(stderr, "%s:\n", host->name_.c_str());
    Loop::Entered entered(host->stack_->loop());
    std::fputs(dump_tasks(host->stack_->loop()).c_str(), stderr);
  }
}

Result<> Simulation::run(Host& host, Duration limit) {
  TimePoint until = now_ + limit;
  bool stuck = false;
  while (host.busy() && !stuck) stuck = !step(until);
  if (stuck) dump();
  finish();
  if (stuck) return Result<>(tl::unexpect, Error(Errc::timed_out, "simulate"));
  return host.outcome();
}

void Simulation::finish() {
  planned_ = {};
  for (auto& each : hosts_) each->cancel();
  auto busy = [&] {
    return std::any_of(hosts_.begin(), hosts_.end(),
                       [](const auto& each) { return each->busy() || each->straggles(); });
  };
  TimePoint until = now_ + kDay;
  while (busy() && step(until)) {
  }
  if (!busy()) return;
  dump();
  detail::fatal("tasks of a simulated host do not end although they are cancelled");
}

bool Simulation::capture(const char* path) {
  capture_.reset(std::fopen(path, "wb"));
  if (!capture_) return false;
  // Microseconds, version 2.4, Ethernet (draft-ietf-opsawg-pcap, 4).
  constexpr std::array<std::uint32_t, 6> kHeader = {0xA1B2C3D4, 2 | 4 << 16, 0, 0, 65535, 1};
  return std::fwrite(kHeader.data(), sizeof kHeader, 1, capture_.get()) == 1;
}

}  // namespace net::sim
