// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/production.h"

namespace klingtext {
namespace {

constexpr guint kTick = 1000;  // milliseconds

ShotProgress::Status status_of(const JobReport& report) {
  using Status = ShotProgress::Status;
  switch (report.status) {
    case JobStatus::idle:
      return Status::waiting;
    case JobStatus::submitting:
      return Status::submitting;
    case JobStatus::queued:
      return Status::queued;
    case JobStatus::generating:
      return Status::generating;
    case JobStatus::completed:
    case JobStatus::failed:
      break;
  }
  return Status::fetching;
}

// A source of the default main context that wakes it up.
class Tick {
 public:
  explicit Tick(guint milliseconds)
      : source_(g_timeout_add(
            milliseconds,
            [](gpointer due) -> gboolean {
              *static_cast<bool*>(due) = true;
              return G_SOURCE_CONTINUE;
            },
            &due_)) {}
  ~Tick() { g_source_remove(source_); }
  Tick(const Tick&) = delete;
  Tick& operator=(const Tick&) = delete;
  bool take() { return std::exchange(due_, false); }

 private:
  bool due_ = false;
  guint source_;
};

}  // namespace

Production::Production(std::vector<Order> orders, unsigned max_concurrent, Display& display)
    : orders_(std::move(orders)),
      max_concurrent_(max_concurrent == 0 ? orders_.size() : max_concurrent),
      display_(display) {
  for (const Order& order : orders_) {
    ShotProgress shot;
    shot.number = order.number;
    shot.prompt = order.prompt;
    shots_.push_back(std::move(shot));
  }
}

// A failed generation is not billed, so running the storyboard again tries it again. Without a
// generation only the account's log calls it failed: that alone submits nothing. In a rehearsal
// nothing is billed at all: there an outcome that nobody knows is no reason to stop either.
Outcome Production::look_at_failures() {
  const auto stock = Stock::open(orders_.front().spec.store_path);
  if (!stock.ok()) return stock.as<Done>();
  for (const Order& order : orders_) {
    const auto record = stock->find(order.key);
    if (!record.ok() || !*record) continue;  // an unreadable entry is the job's to report
    const Record::Status status = (*record)->status;
    const bool free = order.spec.pace == Pace::rehearsal;
    const bool failed =
        status == Record::Status::failed && (free || !(*record)->entry.generation_id.empty());
    if (failed || (free && status == Record::Status::unknown)) {
      failed_before_[order.key] = (*record)->entry.client_request_id;
    }
  }
  return Done{};
}

void Production::begin(std::size_t index) {
  JobSpec spec = orders_[index].spec;
  const auto failed = failed_before_.find(orders_[index].key);
  if (failed != failed_before_.end() && spec.resubmit.empty()) spec.resubmit = failed->second;
  running_[index] = std::make_unique<ShotWatch>(
      attach_job(std::move(spec)), [this, index](JobReport report, std::optional<Outcome> end) {
        mailbox_.lock()->push_back({index, std::move(report), std::move(end)});
        g_main_context_wakeup(nullptr);
      });
}

void Production::take(News news) {
  ShotProgress& shot = shots_[news.index];
  if (!news.end && news.report.status == JobStatus::failed) return;  // its sentence comes next
  const auto before = shot.status;
  shot.status = status_of(news.report);
  shot.report = std::move(news.report);
  if (orders_[news.index].spec.pace == Pace::rehearsal) shot.report.cost = {};
  if (news.end) {
    running_.erase(news.index);
    shot.status = news.end->ok() ? ShotProgress::Status::done : ShotProgress::Status::failed;
    if (news.end->failed()) shot.error = news.end->error();
  }
  if (shot.status != before) display_.changed(shots_, shot);
}

void Production::take_news() {
  std::deque<News> news;
  std::swap(news, *mailbox_.lock());
  for (News& one : news) take(std::move(one));
}

Outcome Production::run(const Interrupt& interrupt) {
  if (auto looked = look_at_failures(); !looked.ok()) return looked;
  Tick tick(kTick);
  std::size_t next = 0;
  while (!interrupt) {
    while (next < orders_.size() && running_.size() < max_concurrent_) begin(next++);
    if (running_.empty()) return Done{};
    g_main_context_iteration(nullptr, TRUE);
    take_news();
    if (tick.take()) display_.passed(shots_);
  }
  running_.clear();
  return Stopped{};
}

}  // namespace klingtext
