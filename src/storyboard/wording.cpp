// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/wording.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "journal/wording.h"

namespace klingtext {
namespace {

constexpr std::size_t kPromptShown = 50;  // characters, in a sentence

void add(std::optional<double>& to, std::optional<double> amount) {
  if (amount) to = to.value_or(0) + *amount;
}

std::string counted(unsigned number, const std::string& what) {
  return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
}

std::string listed(const std::vector<unsigned>& numbers) {
  std::string text;
  for (const unsigned number : numbers) {
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  }
  return text;
}

// One sentence for every cause: a missing key has as many shots fail as there are.
std::string what_failed(const Shots& shots) {
  std::map<std::string, std::vector<const ShotProgress*>> causes;
  std::vector<std::string> in_order;
  for (const ShotProgress& shot : shots) {
    if (!shot.error) continue;
    auto& sharers = causes[shot.error->message];
    if (sharers.empty()) in_order.push_back(shot.error->message);
    sharers.push_back(&shot);
  }
  std::string text;
  for (const std::string& cause : in_order) {
    const auto& sharers = causes[cause];
    std::vector<unsigned> numbers;
    for (const ShotProgress* shot : sharers) numbers.push_back(shot->number);
    text += (sharers.size() == 1 ? "Shot " : "Shots ") + listed(numbers);
    if (sharers.size() == 1) text += " (\"" + one_line(sharers[0]->prompt, kPromptShown) + "\")";
    text += ": " + cause + '\n';
  }
  return text;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(std::max(0.0, std::round(seconds)));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) {
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  }
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

std::string time_text(const ShotProgress& shot) {
  if (const auto left = time_left(shot)) {
    return *left > Seconds(0) ? "about " + duration_text(left->count()) + " left"
                              : "longer than usual";
  }
  if (shot.was_there()) return "was there";
  if (shot.status != ShotProgress::Status::done) return {};
  const Seconds took = shot.report.queued_time + shot.report.generating_time;
  return "made in " + duration_text(took.count());
}

std::string cost_text(const ShotProgress& shot) {
  const Cost& cost = shot.report.cost;
  return cost.usd_spent || cost.credits_used ? cost_text(cost) : std::string();
}

Tally tally_of(const Shots& shots) {
  Tally tally;
  std::map<std::string, const ShotProgress*> bought;  // shots that ask for the same share it
  for (const ShotProgress& shot : shots) {
    switch (shot.status) {
      case ShotProgress::Status::done:
        ++tally.done;
        break;
      case ShotProgress::Status::failed:
        ++tally.failed;
        break;
      case ShotProgress::Status::waiting:
        ++tally.waiting;
        break;
      default:
        ++tally.under_way;
    }
    if (shot.report.submissions > 0) bought[shot.report.request_key] = &shot;
  }
  for (const auto& [key, shot] : bought) {
    if (!shot->report.generation_id.empty()) ++tally.submissions;
    add(tally.cost.usd_spent, shot->report.cost.usd_spent);
    add(tally.cost.credits_used, shot->report.cost.credits_used);
  }
  return tally;
}

std::string summary(const Shots& shots) {
  const Tally tally = tally_of(shots);
  std::string text = counted(static_cast<unsigned>(shots.size()), "shot") + ": " +
                     std::to_string(tally.done) + " done";
  const auto say = [&text](unsigned number, const char* what) {
    if (number > 0) text += ", " + std::to_string(number) + ' ' + what;
  };
  say(tally.under_way, "under way");
  say(tally.waiting, "waiting");
  say(tally.failed, "failed");
  text += "; " + counted(tally.submissions, "submission");
  const std::string cost = cost_text(tally.cost);
  return cost == "-" ? text : text + ", " + cost;
}

std::string closing_words(const Shots& shots, const Ending& ending) {
  std::string text = what_failed(shots);
  if (ending.signal != 0) {
    return text + "Stopped. What was submitted goes on; run it again to go on where it was.\n";
  }
  if (ending.trouble) return text + ending.trouble->message + '\n';
  if (ending.film.empty()) return text;
  text += ending.film + ": " + duration_text(ending.seconds) +
          "; its timeline for editors: " + ending.timeline + ", " + ending.otio + ", " +
          ending.edl + '\n';
  if (!ending.missing.empty()) {
    text += "It has a slate in place of shot " + listed(ending.missing) +
            "; run it again to repair it.\n";
  }
  return text;
}

}  // namespace klingtext
