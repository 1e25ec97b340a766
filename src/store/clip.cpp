// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/clip.h"

#include <glib.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace klingtext {
namespace {

constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

Result<std::size_t> read_file(ClipFile& file, std::span<char> into, std::uint64_t offset) {
  const ssize_t got = file.read(into.data(), into.size(), offset);
  if (got <= 0) {
    return Error{.kind = ErrorKind::cannot_read,
                 .message = std::string("The clip cannot be read from the store (") +
                            (got < 0 ? g_strerror(errno) : "it became shorter") +
                            "). Check the disk and run this again."};
  }
  return static_cast<std::size_t>(got);
}

}  // namespace

bool Clip::is_readable(const State& state, std::uint64_t offset, std::uint64_t size) {
  if (state.length && offset >= *state.length) return true;
  const std::uint64_t end = state.length.value_or(kNoEnd);
  return state.present.reach(offset) - offset >= std::min(size, end - offset);
}

void Clip::await(Guarded<State>::Locked& state, std::uint64_t offset, std::uint64_t size,
                 const Interrupted& interrupted, std::chrono::steady_clock::time_point deadline) {
  const auto over = [&] {
    return is_readable(*state, offset, size) || interrupted() || state->failure.has_value();
  };
  if (over()) return;
  const auto place = state->awaited.insert(state->awaited.end(), offset);
  state_.notify_all();
  if (const auto told = state->told_of_waits) {
    state.unlock();
    (*told)();
    state.lock();
  }
  state.wait_until(deadline, over);
  state->awaited.erase(place);
}

Result<bool> Clip::wait_for(std::uint64_t offset, std::uint64_t size,
                            const Interrupted& interrupted,
                            std::chrono::steady_clock::time_point deadline) {
  auto state = state_.lock();
  await(state, offset, size, interrupted, deadline);
  if (interrupted()) return Stopped{};
  return is_readable(*state, offset, size) || state->failure.has_value();
}

Result<std::size_t> Clip::read_at(std::uint64_t offset, std::span<char> into, Amount amount,
                                  const Interrupted& interrupted) {
  if (const Whole* whole = this->whole()) {
    if (interrupted()) return Stopped{};
    if (offset >= whole->length || into.empty()) return std::size_t{0};
    const auto size = std::min<std::uint64_t>(into.size(), whole->length - offset);
    return read_file(*whole->file, into.first(static_cast<std::size_t>(size)), offset);
  }
  const std::uint64_t wanted = amount == Amount::any ? 1 : into.size();
  std::shared_ptr<ClipFile> file;
  std::size_t size = 0;
  {
    auto state = state_.lock();
    await(state, offset, wanted, interrupted, std::chrono::steady_clock::time_point::max());
    if (interrupted()) return Stopped{};
    if (!is_readable(*state, offset, wanted)) {
      return state->failure ? Result<std::size_t>(*state->failure) : Stopped{};
    }
    size = static_cast<std::size_t>(
        std::min<std::uint64_t>(into.size(), state->present.reach(offset) - offset));
    if (size == 0) return std::size_t{0};
    state->handed_out = true;
    file = state->file;
  }
  return read_file(*file, into.first(size), offset);
}

Outcome Clip::wait_until_settled(const Interrupted& interrupted) {
  auto state = state_.lock();
  state.wait([&] { return state->settled || state->failure || interrupted(); });
  if (interrupted()) return Stopped{};
  return state->failure ? Outcome(*state->failure) : Outcome(Done{});
}

void Clip::wake_readers() {
  // Taking the lock first means that no reader is between its check and its wait.
  { const auto state = state_.lock(); }
  state_.notify_all();
}

std::optional<std::uint64_t> Clip::length() {
  if (const Whole* whole = this->whole()) return whole->length;
  return state_.lock()->length;
}

bool Clip::is_whole() {
  if (whole() != nullptr) return true;
  auto state = state_.lock();
  return state->length && state->present.covers(*state->length);
}

std::uint64_t Clip::available_at(std::uint64_t offset) {
  return state_.lock()->present.reach(offset) - offset;
}

std::uint64_t Clip::next_present(std::uint64_t offset, std::uint64_t none) {
  return std::min(none, state_.lock()->present.next_present(offset, none));
}

void Clip::attach(std::shared_ptr<ClipFile> file, Fill fill) {
  {
    auto state = state_.lock();
    if (file->found_pin()) state->length = file->found_pin()->length;
    state->present = file->found();
    if (fill == Fill::finished) state->present.add({0, *state->length});
    state->file = std::move(file);
    if (fill == Fill::finished) settle(*state);
  }
  state_.notify_all();
}

void Clip::on_wait(std::shared_ptr<const std::function<void()>> told) {
  state_.lock()->told_of_waits = std::move(told);
}

Outcome Clip::write(std::string_view bytes, std::uint64_t offset) {
  const std::shared_ptr<ClipFile> file = state_.lock()->file;
  if (auto written = file->write(bytes, offset); !written.ok()) return written;
  state_.lock()->present.add({offset, offset + bytes.size()});
  state_.notify_all();
  return Done{};
}

void Clip::set_length(std::uint64_t length) {
  state_.lock()->length = length;
  state_.notify_all();
}

void Clip::settle() {
  settle(*state_.lock());
  state_.notify_all();
}

void Clip::settle(State& state) {
  state.settled = true;
  if (is_settled_whole_ || !state.length || !state.present.covers(*state.length)) return;
  whole_ = {state.file, *state.length};
  is_settled_whole_ = true;
}

void Clip::fail(Error error) {
  if (auto state = state_.lock(); !state->failure) state->failure = std::move(error);
  state_.notify_all();
}

void Clip::wait_for_reader(std::stop_token stop, std::chrono::steady_clock::time_point deadline) {
  auto state = state_.lock();
  state.wait_until(std::move(stop), deadline, [&] { return !state->awaited.empty(); });
}

Result<bool> Clip::restart(const std::optional<Pin>& pin) {
  auto state = state_.lock();
  if (state->handed_out) return false;
  if (auto begun = state->file->restart(pin); !begun.ok()) return begun.as<bool>();
  state->present = Extents();
  state->length.reset();
  if (pin && pin->length > 0) state->length = pin->length;
  return true;
}

ByteRange Clip::gap_at(const State& state, std::uint64_t offset) {
  const std::uint64_t end = state.length.value_or(kNoEnd);
  const std::uint64_t begin = state.present.reach(offset);
  return {begin, std::min(end, state.present.next_present(begin, end))};
}

std::optional<ByteRange> Clip::next_gap() {
  auto state = state_.lock();
  const std::uint64_t end = state->length.value_or(kNoEnd);
  for (const std::uint64_t offset : state->awaited) {
    const ByteRange gap = gap_at(*state, offset);
    if (offset < end && gap.begin < end) return gap;
  }
  const ByteRange gap = gap_at(*state, 0);
  if (gap.begin >= end) return std::nullopt;
  return gap;
}

}  // namespace klingtext
