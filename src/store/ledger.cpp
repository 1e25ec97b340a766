// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/ledger.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/glib_ptr.h"
#include "base/number.h"
#include "base/unix_time.h"
#include "store/look_again.h"

namespace klingtext {
namespace {

constexpr const char* kFolder = "ledger";
constexpr const char* kComplete = "ledger/complete";
constexpr std::size_t kMaxLedgerFile = std::size_t{64}
                                       << 20;  // bytes: all purchases of an old store's day

std::string date_of(std::int64_t day) {
  return utc_text(day * kDay, "%F");
}

std::optional<std::int64_t> day_of(const std::string& date) {
  const GDateTimePtr time(g_date_time_new_from_iso8601((date + "T00:00:00Z").c_str(), nullptr));
  if (time == nullptr) return std::nullopt;
  return g_date_time_to_unix(time.get()) / kDay;
}

std::string name_of(std::int64_t day, std::uint64_t number) {
  return std::string(kFolder) + '/' + date_of(day) + '/' + std::to_string(number);
}

Error unreadable(const StoreFiles& files, const std::string& name, const std::string& why) {
  return Error{
      .kind = ErrorKind::store,
      .message = "The ledger " + files.path_of(name) + " " + why +
                 ", so what is spent today is not known. Nothing was submitted. Restore the "
                 "file from a backup; klingtext-journal verify names what is damaged."};
}

// Whether the lines count this submission.
bool counts(const std::vector<LedgerLine>& lines, const std::string& id) {
  const auto net = net_lines(lines);
  return std::any_of(net.begin(), net.end(), [&](const LedgerLine& line) { return line.id == id; });
}

}  // namespace

Result<std::vector<std::int64_t>> Ledger::days() const {
  const auto names = files_->list(kFolder);
  if (!names.ok()) return names.as<std::vector<std::int64_t>>();
  std::vector<std::int64_t> days;
  for (const std::string& name : *names) {
    if (const auto day = day_of(name)) days.push_back(*day);
  }
  std::sort(days.begin(), days.end());
  return days;
}

// A network file system can list a file that it does not show yet, and show half of it.
Result<Ledger::Day> Ledger::scan(std::int64_t day) const {
  LookAgain again(*files_);
  while (true) {
    auto content = scan_once(day);
    const bool whole = content.ok() && content->unreadable.empty() && content->missing.empty() &&
                       content->cut_short.empty();
    if (!content.ok() || whole || files_->locks_are_shared() || !again.wait()) return content;
  }
}

Result<Ledger::Day> Ledger::scan_once(std::int64_t day) const {
  Day content;
  const auto names = files_->list(std::string(kFolder) + '/' + date_of(day));
  if (!names.ok()) return names.as<Day>();
  std::uint64_t listed = 0;
  for (const std::string& name : *names) {
    listed = std::max(listed, number_in<std::uint64_t>(name).value_or(0));
  }
  // Further than the list, which can be older than the files on a network file system.
  for (std::uint64_t number = 1;; ++number) {
    const std::string name = name_of(day, number);
    const auto text = files_->read_file(name, kMaxLedgerFile);
    if (!text.ok()) return text.as<Day>();
    if (!*text && number > listed) return content;
    content.last = number;
    if (!*text) {
      content.missing.push_back(number);
      continue;
    }
    const auto lines = ledger_lines_from(**text);
    if (!lines) {
      content.unreadable.push_back(number);
      continue;
    }
    if (!(*text)->ends_with('\n')) content.cut_short.push_back(number);
    content.lines.insert(content.lines.end(), lines->begin(), lines->end());
  }
}

Result<Ledger::Day> Ledger::read_damaged(std::int64_t day) const {
  auto content = scan(day);
  if (content.ok() && !content->unreadable.empty()) {
    return unreadable(*files_, name_of(day, content->unreadable.front()), "cannot be read");
  }
  return content;
}

Result<Ledger::Survey> Ledger::survey() const {
  const auto known = days();
  if (!known.ok()) return known.as<Survey>();
  const auto mark = files_->read_file(kComplete, 100);
  if (!mark.ok()) return mark.as<Survey>();
  Survey survey;
  survey.has_old_purchases = mark->has_value();
  for (const std::int64_t day : *known) {
    const auto content = scan(day);
    if (!content.ok()) return content.as<Survey>();
    const auto add_names = [day](std::vector<std::string>& to,
                                 const std::vector<std::uint64_t>& of) {
      for (const std::uint64_t number : of) to.push_back(name_of(day, number));
    };
    survey.lines.insert(survey.lines.end(), content->lines.begin(), content->lines.end());
    add_names(survey.unreadable, content->unreadable);
    add_names(survey.missing, content->missing);
    add_names(survey.cut_short, content->cut_short);
  }
  return survey;
}

Result<Ledger::Day> Ledger::read(std::int64_t day) const {
  auto content = read_damaged(day);
  if (!content.ok()) return content;
  if (!content->missing.empty()) {
    return unreadable(*files_, name_of(day, content->missing.front()), "is missing");
  }
  if (!content->cut_short.empty()) {
    return unreadable(*files_, name_of(day, content->cut_short.front()), "is cut short");
  }
  return content;
}

// A missing file is replaced by one with an empty line: its number stays taken.
Outcome Ledger::close_gaps(std::int64_t day) const {
  const auto content = read_damaged(day);
  if (!content.ok()) return content.as<Done>();
  for (const std::uint64_t number : content->missing) {
    const auto created = files_->create_file(name_of(day, number), "\n");
    if (!created.ok()) return created.as<Done>();
  }
  for (const std::uint64_t number : content->cut_short) {
    const auto text = files_->read_file(name_of(day, number), kMaxLedgerFile);
    if (!text.ok()) return text.as<Done>();
    if (!*text) continue;
    const std::string& bytes = text->value();
    auto replaced =
        files_->replace_file(name_of(day, number), bytes.substr(0, bytes.rfind('\n') + 1) + '\n');
    if (!replaced.ok()) return replaced;
  }
  return Done{};
}

Result<std::vector<LedgerLine>> Ledger::read_day(std::int64_t day) const {
  auto content = read(day);
  if (!content.ok()) return content.as<std::vector<LedgerLine>>();
  return std::move(content->lines);
}

Result<std::vector<LedgerLine>> Ledger::read_since(std::int64_t first) const {
  const auto known = days();
  if (!known.ok()) return known.as<std::vector<LedgerLine>>();
  std::vector<LedgerLine> lines;
  for (const std::int64_t day : *known) {
    if (day < first) continue;
    const auto content = read(day);
    if (!content.ok()) return content.as<std::vector<LedgerLine>>();
    lines.insert(lines.end(), content->lines.begin(), content->lines.end());
  }
  return lines;
}

Result<bool> Ledger::is_complete(std::int64_t first_day) const {
  const auto mark = files_->read_file(kComplete, 100);
  if (!mark.ok()) return mark.as<bool>();
  if (!*mark) return false;
  const auto known = days();
  if (!known.ok()) return known.as<bool>();
  for (const std::int64_t day : *known) {
    if (day < first_day) continue;
    const auto content = read_damaged(day);
    if (!content.ok()) return content.as<bool>();
    if (!content->missing.empty() || !content->cut_short.empty()) return false;
  }
  return true;
}

// Adds what `lines_for` makes of the day as it is, in a file of its own; empty: nothing. When
// another process takes the number meanwhile, the day is read again.
Outcome Ledger::append(std::int64_t day, const LinesFor& lines_for) const {
  LookAgain again(*files_);
  while (true) {
    const auto content = read(day);
    if (!content.ok()) return content.as<Done>();
    const auto lines = lines_for(*content);
    if (!lines.ok()) return lines.as<Done>();
    if (lines->empty()) return Done{};
    const std::string name = name_of(day, content->last + 1);
    const auto created = files_->create_file(name, *lines);
    if (!created.ok()) return created.as<Done>();
    if (*created) return Done{};
    const auto seen = files_->read_file(name, kMaxLedgerFile);
    if (!seen.ok()) return seen.as<Done>();
    if (!*seen && !again.wait()) {
      return unreadable(*files_, name, "was made by another host and cannot be seen by this one");
    }
  }
}

Outcome Ledger::complete(const std::vector<LedgerLine>& known) const {
  std::map<std::int64_t, std::vector<LedgerLine>> wanted;
  for (const LedgerLine& line : known) wanted[line.day()].push_back(line);
  const auto present = days();
  if (!present.ok()) return present.as<Done>();
  for (const std::int64_t day : *present) wanted[day];
  for (const auto& [day, lines] : wanted) {
    if (auto closed = close_gaps(day); !closed.ok()) return closed;
    const auto lacking = [&known = lines](const Day& content) -> Result<std::string> {
      std::set<std::string> present_ids;
      for (const LedgerLine& line : content.lines) present_ids.insert(line.id);
      std::string text;
      for (const LedgerLine& line : known) {
        if (!present_ids.contains(line.id)) text += to_text(line);
      }
      return text;
    };
    if (auto added = append(day, lacking); !added.ok()) return added;
  }
  const auto marked = files_->create_file(kComplete, "1\n");
  return marked.ok() ? Outcome(Done{}) : marked.as<Done>();
}

Result<Ledger::Added> Ledger::add(const LedgerLine& purchase, unsigned cap) const {
  Added result;
  const auto within_cap = [&](const Day& day) -> Result<std::string> {
    result = Added{true, {}};
    if (counts(day.lines, purchase.id)) return std::string();
    if (cap == 0) return to_text(purchase);
    auto later = read_since(purchase.day() + 1);
    if (!later.ok()) return later.as<std::string>();
    later->insert(later->end(), day.lines.begin(), day.lines.end());
    result.before = spending_of(*later, purchase.time);
    const auto wanted = static_cast<std::uint64_t>(purchase.seconds);
    result.added = result.before.seconds + wanted <= cap;
    return result.added ? to_text(purchase) : std::string();
  };
  if (auto appended = append(purchase.day(), within_cap); !appended.ok()) {
    return appended.as<Added>();
  }
  return result;
}

Outcome Ledger::roll_back(const LedgerLine& purchase) const {
  return append(purchase.day(), [&](const Day& day) -> Result<std::string> {
    if (!counts(day.lines, purchase.id)) return std::string();
    LedgerLine opposite = purchase;
    opposite.seconds = -purchase.seconds;
    return to_text(opposite);
  });
}

}  // namespace klingtext
