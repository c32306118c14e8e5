// Simulation: hosts on one simulated Ethernet, in virtual time, from one seed.
//
//   net::sim::Simulation world(seed, net::lwip::simulated_stack);
//   net::sim::Host& server = world.add("server");
//   net::sim::Host& client = world.add("client");
//   world.set_quality(net::sim::Quality().set_loss(0.1));
//   server.start(serve);
//   client.start(talk, server.address());
//   net::Result<> outcome = world.run(client);
//
// Everything that happens follows from the seed and from what the tasks do: the same seed gives the same frames
// at the same times, on every machine.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "net/core/time.h"
#include "net/sim/host.h"

namespace net::sim {

// How frames fare on their way from one host to another. Probabilities are from 0 to 1.
class Quality {
 public:
  Duration latency = std::chrono::milliseconds(1);
  Duration jitter = Duration::zero();  // up to so much more, without overtaking
  double loss = 0;
  double duplication = 0;
  double reordering = 0;               // a frame is held back, and others overtake it
  double corruption = 0;               // one bit is inverted
  std::uint64_t bytes_per_second = 0;  // 0: as many as there are
  bool cut = false;                    // nothing arrives

  Quality() {}  // NOLINT: not an aggregate, which g++ 12 destroys twice in a co_await expression
  Quality& set_latency(Duration value) { return latency = value, *this; }
  Quality& set_jitter(Duration value) { return jitter = value, *this; }
  Quality& set_loss(double value) { return loss = value, *this; }
  Quality& set_duplication(double value) { return duplication = value, *this; }
  Quality& set_reordering(double value) { return reordering = value, *this; }
  Quality& set_corruption(double value) { return corruption = value, *this; }
  Quality& set_bytes_per_second(std::uint64_t value) { return bytes_per_second = value, *this; }
  Quality& set_cut(bool value) { return cut = value, *this; }
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, MakeStack make);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;
  ~Simulation();

  Host& add(std::string name);

  // Of all ways, from now on, or of one way. Tasks may change it while they run.
  void set_quality(const Quality& quality);
  void set_quality(const Host& from, const Host& to, const Quality& quality);
  [[nodiscard]] const Quality& quality(const Host& from, const Host& to) const;
  // Cuts one way, or both between two hosts, and lets frames pass again, both ways, or on all; whatever else
  // the quality says holds as before.
  void cut(const Host& from, const Host& to);
  void part(const Host& one, const Host& other);
  void heal(const Host& one, const Host& other);
  void heal();
  // Gives every way a quality by chance: up to so much loss, and some of all else.
  void set_any_quality(double most_loss);
  // Gives every host a pressure by chance, which comes and goes: refusals of each kind of up to so much, of
  // some kinds none.
  void set_any_pressure(double most_refusals);
  // Every host may have all that there is, again.
  void relieve();

  // Calls a function when so much more virtual time has passed, if the run has not ended by then: what
  // happens to the network and its hosts, without a task of theirs. It comes before what they do at that time.
  // *Lifetime*: what it refers to outlives the run.
  void after(Duration time, std::function<void()> function);

  // Runs until the host's task has ended, then cancels the others and waits for them. Gives what became of that
  // task. *Errors*: its own; timed_out when so much virtual time has passed, or everybody waits for ever, and
  // who waits for what is printed on standard error. Where tasks do not end although they are
  // cancelled, the program ends and tells so.
  Result<> run(Host& host, Duration limit = std::chrono::hours(24));

  [[nodiscard]] TimePoint now() const { return now_; }
  // Of every frame that arrived: when, from whom, to whom and what. Equal runs have equal hashes.
  [[nodiscard]] std::uint64_t trace_hash() const { return hash_; }
  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  // Writes all frames that are sent from now on to a file, as pcap. False if it cannot be written.
  bool capture(const char* path);

 private:
  friend class Host;
  friend class SharedLoop;

  // A frame on its way.
  struct Frame {
    TimePoint at;
    std::uint64_t order;
    std::size_t from;
    std::size_t to;
    std::vector<std::byte> bytes;
    friend bool operator<(const Frame& a, const Frame& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;  // the first in time is the queue's top
    }
  };
  // A call of `after`.
  struct Planned {
    TimePoint at;
    std::uint64_t order;
    std::function<void()> function;
    friend bool operator<(const Planned& a, const Planned& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  struct Way {
    Quality quality;
    TimePoint free{};  // when the line has sent what it was given
    TimePoint last{};  // when the last frame arrives
  };
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  static constexpr std::size_t kHosts = 16;

  Way& way(std::size_t from, std::size_t to) { return ways_[from * kHosts + to]; }
  bool chance(double probability);
  double up_to(double most);
  void send(std::size_t from, std::span<const std::byte> frame);
  void carry(std::size_t from, std::size_t to, std::span<const std::byte> frame);
  void happen();
  void arrive();
  bool step(TimePoint until);
  void note(const Frame& frame);
  void dump();
  void finish();

  std::uint64_t seed_;
  std::mt19937_64 random_;
  MakeStack make_;
  TimePoint now_{};
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<Way> ways_;
  std::priority_queue<Frame> on_their_way_;
  std::priority_queue<Planned> planned_;
  std::unique_ptr<std::FILE, CloseFile> capture_;
  std::uint64_t order_ = 0;
  std::uint64_t frames_ = 0;
  bool ended_ = false;
  bool shared_ = false;                         // a SharedLoop runs the tasks of all hosts
  std::uint64_t hash_ = 14695981039346656037U;  // FNV-1a
};

}  // namespace net::sim
