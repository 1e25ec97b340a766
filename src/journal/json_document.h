// SPDX-License-Identifier: LGPL-2.1-or-later
// What --json prints. Member names are stable; new ones may come.
#pragma once

#include <optional>
#include <string>

#include <json-glib/json-glib.h>

#include "api/json_writer.h"
#include "base/glib_ptr.h"
#include "journal/record.h"

namespace klingtext {

// One object, built member by member. Absent values leave no member.
class JsonDocument {
 public:
  JsonDocument() : builder_(ObjectPtr<JsonBuilder>::adopt(json_builder_new())) { begin_object(); }

  void text(const char* name, const std::string& value);
  void time(const char* name, std::int64_t unix_seconds);  // 0: none
  void integer(const char* name, std::int64_t value);
  void boolean(const char* name, bool value);
  void number(const char* name, std::optional<double> value);
  void record(const Record& record, const StoreDir& store);

  void name(const char* name) { json_builder_set_member_name(builder_.get(), name); }
  void open_object(const char* name);
  void open_array(const char* name);
  void begin_object() { json_builder_begin_object(builder_.get()); }
  void end_object() { json_builder_end_object(builder_.get()); }
  void end_array() { json_builder_end_array(builder_.get()); }
  void element(const std::string& value);
  void element(std::int64_t value) { json_builder_add_int_value(builder_.get(), value); }

  // Ends the document, and with it the line.
  std::string finish(JsonLayout layout = JsonLayout::readable);

 private:
  void clip(const Record& record, const StoreDir& store);
  void given_up(const Entry& entry);
  ObjectPtr<JsonBuilder> builder_;
};

}  // namespace klingtext
