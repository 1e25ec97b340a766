// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>

#include "api/api_key.h"
#include "journal/commands.h"
#include "journal/fetch_run.h"
#include "journal/json_document.h"
#include "journal/service_in_force.h"
#include "journal/wording.h"

namespace klingtext {
namespace {

// The journal's text alone does not decide where a key goes.
Result<Service> service_of(const Entry& entry, const Secret& key) {
  auto url = parse_service_url(entry.service);
  if (!url.ok()) return url.as<Service>();
  const bool was_sent_there = !entry.account.empty() && is_same_account(entry, key);
  const auto in_force = service_in_force();
  if (!was_sent_there && (!in_force.ok() || url->text != in_force->text)) {
    return Error{.kind = ErrorKind::unauthorized,
                 .message = "Generation " + entry.generation_id + " belongs to the service " +
                            url->text +
                            ", to which this API key was never sent. Set AIMLAPI_BASE_URL to that "
                            "service, together with its key.",
                 .generation_id = entry.generation_id};
  }
  return connection_to(std::move(*url), key);
}

// Finds the key only when there is something to download.
void run(const JournalView& view, FetchPlan& plan, const CommandLine& line, FetchDisplay& display) {
  const bool idle = std::none_of(plan.items.begin(), plan.items.end(), [](const FetchItem& item) {
    return item.state == FetchItem::State::waiting;
  });
  if (idle) return;
  const auto key = find_api_key({{}, line.api_key_file, "--api-key-file", ""}, warn);
  if (!key.ok()) {
    warn(key.error().message);
    for (FetchItem& item : plan.items) {
      if (item.state != FetchItem::State::waiting) continue;
      item.state = FetchItem::State::missing;
      item.message = "There is no usable API key.";
      display.ended(item);
    }
    return;
  }
  FetchRun(
      view, plan, [key = *key](const Entry& entry) { return service_of(entry, key); }, display)
      .run(line.jobs);
}

std::size_t count_missing(const FetchPlan& plan) {
  return plan.unusable.damaged.size() + plan.unusable.unread.size() +
         static_cast<std::size_t>(std::count_if(plan.items.begin(), plan.items.end(), is_missing));
}

std::string document(const JournalView& view, const FetchPlan& plan) {
  JsonDocument json;
  json.integer("version", 1);
  json.text("store", view.store().path());
  json.boolean("ok", count_missing(plan) == 0);
  json.open_array("fetched");
  for (const FetchItem& item : plan.items) {
    if (item.state == FetchItem::State::whole) json.record(item.record, view.store());
  }
  json.end_array();
  for (const bool missing : {true, false}) {
    json.open_array(missing ? "missing" : "failed");
    for (const FetchItem& item : plan.items) {
      if (item.state == FetchItem::State::whole || is_missing(item) != missing) continue;
      json.begin_object();
      json.text("what", name_of(item.state));
      json.text("key", item.record.entry.key);
      json.text("generation_id", item.record.entry.generation_id);
      json.text("message", item.message);
      json.end_object();
    }
    json.end_array();
  }
  json.open_array("damaged");
  for (const std::string& name : plan.unusable.damaged) json.element(name);
  for (const Journal::Unread& one : plan.unusable.unread) json.element(one.file);
  json.end_array();
  json.integer("evicted", static_cast<std::int64_t>(plan.evicted));
  return json.finish();
}

void print_end(const FetchPlan& plan) {
  if (plan.evicted > 0) {
    std::cout << plan.evicted << (plan.evicted == 1 ? " clip is" : " clips are")
              << " evicted; klingtext-journal fetch WHICH downloads one again.\n";
  }
  const std::size_t missing = count_missing(plan);
  if (missing == 0) {
    std::cout << "No paid clip is missing.\n";
  } else {
    std::cout << missing << (missing == 1 ? " clip is missing.\n" : " clips are missing.\n");
  }
}

}  // namespace

Exit fetch(const JournalView& view, const CommandLine& line) {
  auto plan = plan_fetch(view, line.which);
  if (!plan.ok()) return complain(plan.error());
  const bool json = line.output == CommandLine::Output::json;
  {
    FetchDisplay display(json ? FetchDisplay::Kind::none : FetchDisplay::kind_of_output(),
                         view.store(), plan->items.size());
    for (const FetchItem& item : plan->items) {
      if (item.state != FetchItem::State::waiting) display.ended(item);
    }
    run(view, *plan, line, display);
  }
  complain_of_entries(plan->unusable, view.store());
  if (json) {
    std::cout << document(view, *plan);
  } else {
    print_end(*plan);
  }
  return count_missing(*plan) == 0 ? Exit::fine : Exit::missing;
}

}  // namespace klingtext
