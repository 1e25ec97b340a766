// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/program/control_json.h"

#include <algorithm>

namespace klingtext::rehearsal {

namespace {

void set_text(JsonObject* object, const char* name, const std::string& value) {
  json_object_set_string_member(object, name, value.c_str());
}

JsonObject* name_json(const FaultName& name) {
  JsonObject* object = json_object_new();
  set_text(object, "name", name.name);
  set_text(object, "on", on_name(name.on));
  set_text(object, "meaning", name.meaning);
  return object;
}

JsonObject* counts_json(const std::map<std::string, std::uint64_t>& counts) {
  JsonObject* object = json_object_new();
  for (const auto& [name, count] : counts) {
    json_object_set_int_member(object, name.c_str(), static_cast<gint64>(count));
  }
  return object;
}

JsonObject* line_json(const RequestLog::Line& line) {
  JsonObject* object = json_object_new();
  json_object_set_int_member(object, "number", static_cast<gint64>(line.number));
  json_object_set_int_member(object, "time", line.time);
  set_text(object, "kind", kind_name(line.kind));
  set_text(object, "method", line.method);
  set_text(object, "path", line.path);
  set_text(object, "generation", line.generation);
  set_text(object, "client_request_id", line.client_request_id);
  json_object_set_int_member(object, "status", line.status);
  set_text(object, "fault", line.fault);
  return object;
}

void set_shot(JsonObject* object, const Shot& shot) {
  set_text(object, "model", shot.model);
  set_text(object, "prompt", shot.prompt);
  if (shot.negative_prompt) set_text(object, "negative_prompt", *shot.negative_prompt);
  if (shot.aspect_ratio) set_text(object, "aspect_ratio", *shot.aspect_ratio);
  json_object_set_int_member(object, "duration", shot.seconds);
  if (shot.cfg_scale) json_object_set_double_member(object, "cfg_scale", *shot.cfg_scale);
  json_object_set_boolean_member(object, "generate_audio", shot.audio ? TRUE : FALSE);
}

JsonObject* generation_json(const Generation& generation, const Desk::Answer& answer,
                            const std::string& clip_url) {
  JsonObject* object = json_object_new();
  set_text(object, "id", generation.id);
  set_text(object, "status", status_name(answer.status));
  set_text(object, "client_request_id", generation.client_request_id);
  set_shot(object, generation.submission.shot);
  json_object_set_int_member(object, "take", generation.take);
  json_object_set_int_member(object, "accepted", generation.accepted.count());
  json_object_set_int_member(object, "queued", generation.plan.queued.count());
  json_object_set_int_member(object, "total", generation.plan.total.count());
  if (answer.status == Status::completed) set_text(object, "clip", clip_url);
  if (answer.status == Status::error) set_text(object, "error", answer.ending.error_message);
  return object;
}

}  // namespace

JsonObjectPtr to_json(const Faults::Armed& armed) {
  JsonObjectPtr object(json_object_new());
  json_object_set_int_member(object.get(), "number", armed.number);
  set_text(object.get(), "name", armed.fault.name());
  set_text(object.get(), "fault", armed.fault.text);
  set_text(object.get(), "on", on_name(armed.fault.on));
  json_object_set_int_member(object.get(), "times", armed.fault.times);
  json_object_set_int_member(object.get(), "happened", armed.happened);
  if (!armed.generation.empty()) set_text(object.get(), "generation", armed.generation);
  return object;
}

JsonObjectPtr to_json(const Faults& faults) {
  JsonArray* names = json_array_new();
  for (const FaultName& name : fault_names()) json_array_add_object_element(names, name_json(name));
  JsonArray* armed = json_array_new();
  for (const Faults::Armed& one : faults.armed()) {
    json_array_add_object_element(armed, to_json(one).release());
  }
  JsonObjectPtr object(json_object_new());
  json_object_set_array_member(object.get(), "names", names);
  json_object_set_array_member(object.get(), "armed", armed);
  return object;
}

JsonObjectPtr to_json(const RequestLog::Counters& counters) {
  JsonObjectPtr object(json_object_new());
  json_object_set_object_member(object.get(), "requests", counts_json(counters.requests));
  json_object_set_object_member(object.get(), "statuses", counts_json(counters.statuses));
  json_object_set_object_member(object.get(), "faults", counts_json(counters.faults));
  json_object_set_int_member(object.get(), "accepted", static_cast<gint64>(counters.accepted));
  return object;
}

JsonObjectPtr log_json(const RequestLog& log, std::size_t most) {
  const auto& all = log.lines();
  JsonArray* lines = json_array_new();
  for (std::size_t i = all.size() - std::min(most, all.size()); i < all.size(); ++i) {
    json_array_add_object_element(lines, line_json(all[i]));
  }
  JsonObjectPtr object(json_object_new());
  json_object_set_array_member(object.get(), "requests", lines);
  return object;
}

JsonObjectPtr generations_json(Desk& desk, const WebFront& front, const Exchange& exchange,
                               std::size_t most) {
  const auto known = desk.generations();
  JsonArray* all = json_array_new();
  for (std::size_t i = known.size() - std::min(most, known.size()); i < known.size(); ++i) {
    const auto answer = desk.query(known[i]->id);
    if (!answer) continue;
    json_array_add_object_element(
        all, generation_json(*known[i], *answer, front.clip_url(exchange, answer->clip)));
  }
  JsonObjectPtr object(json_object_new());
  json_object_set_array_member(object.get(), "generations", all);
  return object;
}

}  // namespace klingtext::rehearsal
