#include "net/core/blocking.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace net {
namespace {

class BlockingPool {
 public:
  BlockingPool() = default;
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  bool submit(BlockingJob& job) {
    std::lock_guard lock(mutex_);
    if (queued_ + 1 > idle_ && threads_.size() < limit_ && !add_thread() && threads_.empty()) return false;
    queue_.push_back(job);
    ++queued_;
    changed_.notify_one();
    return true;
  }

  bool withdraw(BlockingJob& job) {
    std::lock_guard lock(mutex_);
    if (!job.is_linked()) return false;
    job.unlink();
    --queued_;
    return true;
  }

  void set_limit(unsigned threads) {
    std::lock_guard lock(mutex_);
    limit_ = std::max(1U, threads);
  }

 private:
  bool add_thread() {
    try {
      threads_.emplace_back([this] { work(); });
      return true;
    } catch (const std::exception&) {
      return false;  // no memory, or the system's limit of threads: those that are there do
    }
  }
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      --idle_;
      BlockingJob* job = queue_.pop_front();
      if (job == nullptr) return;
      --queued_;
      lock.unlock();
      job->run();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  IntrusiveList<BlockingJob> queue_;
  std::vector<std::thread> threads_;
  std::size_t queued_ = 0;
  std::size_t idle_ = 0;
  std::size_t limit_ = 4;
  bool stopping_ = false;
};

BlockingPool& pool() {
  static BlockingPool instance;
  return instance;
}

}  // namespace

bool submit_blocking(BlockingJob& job) { return pool().submit(job); }
bool withdraw_blocking(BlockingJob& job) { return pool().withdraw(job); }
void set_blocking_threads(unsigned threads) { pool().set_limit(threads); }

}  // namespace net
