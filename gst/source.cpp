// SPDX-License-Identifier: LGPL-2.1-or-later
#include "source.h"

#include <functional>
#include <thread>

#include "base/log.h"
#include "job_spec_of.h"
#include "progress_text.h"

namespace klingtext {
namespace {

// A buffer's memory, open for writing.
class Mapped {
 public:
  explicit Mapped(GstBuffer* buffer) : buffer_(buffer) {
    mapped_ = gst_buffer_map(buffer, &info_, GST_MAP_WRITE) != FALSE;
  }
  ~Mapped() {
    if (mapped_) gst_buffer_unmap(buffer_, &info_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  std::span<char> bytes() {
    return {reinterpret_cast<char*>(info_.data), mapped_ ? info_.size : 0};
  }

 private:
  GstBuffer* buffer_;
  GstMapInfo info_{};
  bool mapped_ = false;
};

constexpr std::chrono::seconds kPutAway{2};
constexpr std::chrono::milliseconds kBeforeErrors{50};

// As filesrc does it; no data is read, so nothing is bought.
GstFlowReturn empty(GstBuffer** buffer) {
  if (*buffer == nullptr) *buffer = gst_buffer_new();
  gst_buffer_set_size(*buffer, 0);
  return GST_FLOW_OK;
}

using BufferPtr = GlibPtr<GstBuffer, gst_buffer_unref>;

}  // namespace

Source::Source(GstBaseSrc* element)
    : element_(element),
      log_membership_(GST_ELEMENT(element)),
      queue_(GST_ELEMENT(element)),
      poster_(GST_ELEMENT(element), queue_),
      buffering_(GST_ELEMENT(element), queue_) {}

Source::~Source() {
  if (const auto job = attached_.lock()->rehearsal.lock()) job->wait_until_left(kPutAway);
}

JobReport Source::report() {
  auto attached = attached_.lock();
  return attached->handle ? (*attached->handle)->report() : attached->last;
}

JobStatus Source::status() {
  const auto handle = attached_or_null();
  return handle ? (*handle)->report().status : JobStatus::idle;
}

std::optional<std::uint64_t> Source::length() {
  const auto handle = attached_or_null();
  return handle ? (*handle)->clip().length() : std::nullopt;
}

bool Source::answer_buffering(GstQuery* query) {
  const auto handle = attached_or_null();
  return handle && Buffering::answer(query, **handle);
}

Source::PadState Source::pad_state() {
  GstPad* pad = GST_BASE_SRC_PAD(element_);
  GST_OBJECT_LOCK(pad);
  const PadState state{GST_PAD_MODE(pad), GST_PAD_IS_FLUSHING(pad) != FALSE,
                       GST_PAD_PEER(pad) != nullptr};
  GST_OBJECT_UNLOCK(pad);
  return state;
}

bool Source::must_leave(std::uint64_t entered) {
  return gate_.must_leave(entered) || pad_state().flushing;
}

Result<std::shared_ptr<JobHandle>> Source::attached(std::uint64_t entered) {
  if (auto handle = attached_or_null()) return handle;
  auto spec = job_spec_of(*settings_.lock());
  if (!spec.ok()) return spec.as<std::shared_ptr<JobHandle>>();
  spec->log_owner = log_membership_.number();
  const std::string price = price_note(*spec);  // reads the store: before the lock
  std::shared_ptr<JobHandle> handle;
  {
    auto attached = attached_.lock();
    // In pull mode a reader may still be on its way when stop() has come and gone: asked under the
    // lock that stop() takes, it cannot buy anything for an element that is at rest.
    if (must_leave(entered) || !pad_state().linked) return Stopped{};
    if (!attached->handle) attached->handle = attach_job(std::move(*spec));
    handle = attached->handle;
    // Here, so that what stop() says comes behind it.
    poster_.note_start((*handle)->report(), price);
  }
  poster_.post_start((*handle)->report());
  return handle;
}

// Reads, and tells of everything new on the way: the streaming thread is the only one that posts
// while data is waited for, so nothing can be said after the element was stopped.
Result<std::size_t> Source::read(Job& job, std::uint64_t offset, std::span<char> into,
                                 std::uint64_t entered) {
  const GstPadMode mode = pad_state().mode;
  // A fast sink would take a wait for a full block for a stall.
  const auto amount = mode == GST_PAD_MODE_PULL ? Clip::Amount::all : Clip::Amount::any;
  const std::uint64_t wanted = amount == Clip::Amount::all ? into.size() : 1;
  while (true) {
    const std::uint64_t seen = job.revision();
    const auto wait = poster_.post_changes(job);
    if (wait && settings_.lock()->use_buffering) {
      buffering_.post_wait(wait->percent, wait->seconds_left);
    }
    const auto must_look_up = [&] { return gate_.must_leave(entered) || job.revision() != seen; };
    const Clip::Interrupted interrupted = std::cref(must_look_up);  // allocates nothing
    const Outcome ahead = uses_buffering(job)
                              ? buffering_.keep_up(job, offset, wanted, mode, interrupted)
                              : Outcome(Done{});
    auto got = ahead.ok() ? job.clip().read_at(offset, into, amount, interrupted)
                          : ahead.as<std::size_t>();
    if (got.ok() && *got > 0) buffering_.end_wait();
    // The end of a pushed stream shall mean that the clip is in the store: the process may end
    // next.
    if (got.ok() && mode == GST_PAD_MODE_PUSH && offset + *got == job.clip().length()) {
      const auto leave = [&] { return gate_.must_leave(entered); };
      if (job.clip().wait_until_settled(leave).stopped()) return Stopped{};
    }
    if (!got.stopped() || gate_.must_leave(entered)) return got;
  }
}

bool Source::uses_buffering(Job& job) {
  return buffering_.has_to_watch(job.clip()) && settings_.lock()->use_buffering;
}

// basesrc asks for the size once, when it starts; the length is known later than that.
void Source::note_length(Job& job) {
  const auto length = job.clip().length();
  if (!length) return;
  GST_OBJECT_LOCK(element_);
  const bool news = element_->segment.duration != *length;
  if (news) element_->segment.duration = *length;
  GST_OBJECT_UNLOCK(element_);
  if (news) {
    gst_element_post_message(GST_ELEMENT(element_),
                             gst_message_new_duration_changed(GST_OBJECT(element_)));
  }
}

bool Source::start() {
  poster_.stop();  // a start that failed has no stop
  next_offset_ = 0;
  // do-timestamp makes it TIME, and then neither random access nor a position is left.
  GST_OBJECT_LOCK(element_);
  if (element_->segment.format != GST_FORMAT_BYTES) {
    gst_segment_init(&element_->segment, GST_FORMAT_BYTES);
  }
  GST_OBJECT_UNLOCK(element_);
  started_ = std::chrono::steady_clock::now();
  const auto spec = job_spec_of(*settings_.lock());
  if (spec.failed()) poster_.fail(spec.error(), std::nullopt, [] { return false; });
  return spec.ok();
}

GstFlowReturn Source::fail(const Error& error, const std::optional<JobReport>& report,
                           std::uint64_t entered) {
  // gst-launch 1.22 quits its main loop when an error is posted; when it has not entered it by
  // then, it never ends.
  std::this_thread::sleep_until(started_.load() + kBeforeErrors);
  poster_.fail(error, report, [&] { return gate_.must_leave(entered); });
  return GST_FLOW_ERROR;
}

GstFlowReturn Source::create(std::uint64_t offset, guint size, GstBuffer** buffer) {
  const LogOwner owner(log_membership_.number());
  const std::uint64_t entered = gate_.enter();
  if (must_leave(entered)) return GST_FLOW_FLUSHING;
  if (size == 0) return empty(buffer);
  // basesrc knows no position when do-timestamp was set during the run.
  if (offset == GST_BUFFER_OFFSET_NONE) offset = next_offset_;
  if (!pad_state().linked) return GST_FLOW_NOT_LINKED;
  const auto handle = attached(entered);
  // Without a peer: unlinked in the meantime.
  if (handle.stopped()) return pad_state().linked ? GST_FLOW_FLUSHING : GST_FLOW_NOT_LINKED;
  if (handle.failed()) return fail(handle.error(), std::nullopt, entered);
  Job& job = ***handle;

  BufferPtr own(*buffer == nullptr ? gst_buffer_new_allocate(nullptr, size, nullptr) : nullptr);
  GstBuffer* target = own ? own.get() : *buffer;
  Result<std::size_t> got = std::size_t{0};
  {
    Mapped mapped(target);
    got = read(job, offset,
               mapped.bytes().first(std::min<std::size_t>(size, mapped.bytes().size())), entered);
  }
  if (got.stopped()) return GST_FLOW_FLUSHING;
  if (got.failed()) return fail(got.error(), job.report(), entered);
  note_length(job);
  if (*got == 0) return GST_FLOW_EOS;
  if (!own || *got < size) gst_buffer_set_size(target, static_cast<gssize>(*got));
  GST_BUFFER_OFFSET(target) = offset;
  GST_BUFFER_OFFSET_END(target) = offset + *got;
  next_offset_ = offset + *got;
  if (own) *buffer = own.release();
  return GST_FLOW_OK;
}

void Source::wake_readers() {
  if (const auto handle = attached_or_null()) (*handle)->clip().wake_readers();
  queue_.wake();
}

void Source::unlock() {
  gate_.close();
  wake_readers();
}

// Only for a seek that basesrc carries out: it opens the gate then.
void Source::prepare_seek(GstEvent* event) {
  GstFormat format = GST_FORMAT_UNDEFINED;
  GstSeekFlags flags = GST_SEEK_FLAG_NONE;
  GstSeekType start = GST_SEEK_TYPE_NONE;
  GstSeekType stop = GST_SEEK_TYPE_NONE;
  gst_event_parse_seek(event, nullptr, &format, &flags, &start, nullptr, &stop, nullptr);
  const bool relative = start == GST_SEEK_TYPE_END || stop == GST_SEEK_TYPE_END;
  if ((flags & GST_SEEK_FLAG_FLUSH) != 0 || (format != GST_FORMAT_BYTES && !relative)) return;
  if (pad_state().mode == GST_PAD_MODE_PUSH) unlock();
}

void Source::stop() {
  std::shared_ptr<JobHandle> handle;
  {
    auto attached = attached_.lock();
    handle = std::move(attached->handle);
    attached->handle.reset();
    if (handle) {
      attached->last = (*handle)->report();
      if ((*handle)->spec().pace == Pace::rehearsal) attached->rehearsal = handle->watch();
    }
  }
  poster_.stop();
  buffering_.reset();
  if (handle) g_object_notify(G_OBJECT(element_), "status");
}

}  // namespace klingtext
