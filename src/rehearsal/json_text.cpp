// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rehearsal/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace klingtext::rehearsal {

namespace {

constexpr unsigned kMaxDepth = 32;

// Walks once over the text; every method returns false where the grammar does.
class Grammar {
 public:
  explicit Grammar(std::string_view text) : text_(text) {}

  bool matches() {
    const bool one_value = value(0);
    skip_space();
    return one_value && text_.empty();
  }

 private:
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char wanted) {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  void skip_space() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size()));
  }
  std::size_t take_digits() {
    const std::size_t count = std::min(text_.find_first_not_of("0123456789"), text_.size());
    text_.remove_prefix(count);
    return count;
  }

  bool value(unsigned depth) {
    if (depth > kMaxDepth) return false;
    skip_space();
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return take("true");
      case 'f':
        return take("false");
      case 'n':
        return take("null");
      default:
        return number();
    }
  }

  bool object(unsigned depth) {
    take('{');
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      if (!string()) return false;
      skip_space();
      if (!take(':') || !value(depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool array(unsigned depth) {
    take('[');
    skip_space();
    if (take(']')) return true;
    do {
      if (!value(depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take(']');
  }

  bool string() {
    if (!take('"')) return false;
    while (!text_.empty()) {
      const auto c = static_cast<unsigned char>(text_.front());
      text_.remove_prefix(1);
      if (c == '"') return true;
      if (c < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (take('u')) {
      if (text_.size() < 4) return false;
      const std::string_view digits = text_.substr(0, 4);
      text_.remove_prefix(4);
      return std::all_of(digits.begin(), digits.end(), is_hex);
    }
    if (text_.empty() || std::string_view("\"\\/bfnrt").find(text_.front()) == text_.npos) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && take_digits() == 0) return false;
    if (take('.') && take_digits() == 0) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (take_digits() == 0) return false;
    }
    return true;
  }

  static bool is_hex(char c) { return g_ascii_isxdigit(c); }

  std::string_view text_;
};

void append_canonical(std::string& out, JsonNode* node);

void append_object(std::string& out, JsonObject* object) {
  const GlibPtr<GList, g_list_free> members(json_object_get_members(object));
  std::vector<std::string_view> names;
  for (const GList* member = members.get(); member != nullptr; member = member->next) {
    names.emplace_back(static_cast<const char*>(member->data));
  }
  std::sort(names.begin(), names.end());
  out += '{';
  for (const std::string_view name : names) {
    if (name.data() != names.front().data()) out += ',';
    const JsonNodePtr key(json_node_init_string(json_node_alloc(), name.data()));
    append_canonical(out, key.get());
    out += ':';
    append_canonical(out, json_object_get_member(object, name.data()));
  }
  out += '}';
}

void append_array(std::string& out, JsonArray* array) {
  out += '[';
  const guint length = json_array_get_length(array);
  for (guint i = 0; i < length; ++i) {
    if (i > 0) out += ',';
    append_canonical(out, json_array_get_element(array, i));
  }
  out += ']';
}

// json-glib spells 1e22 as 1e+22.0, and has no word for what is too large for a double.
void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits{};
  // With an exponent, or what is large or -0 would be read again as an integer.
  out.append(
      digits.data(),
      std::to_chars(digits.begin(), digits.end(), number, std::chars_format::scientific).ptr);
}

void append_canonical(std::string& out, JsonNode* node) {
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    append_object(out, json_node_get_object(node));
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    append_array(out, json_node_get_array(node));
  } else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_DOUBLE) {
    append_number(out, json_node_get_double(node));
  } else {
    const GCharPtr scalar(json_to_string(node, FALSE));
    out += scalar.get();
  }
}

}  // namespace

bool is_strict_json(std::string_view text) {
  return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) &&
         Grammar(text).matches();
}

JsonNodePtr parse_json(std::string_view text) {
  const auto parser = ObjectPtr<JsonParser>::adopt(json_parser_new_immutable());
  GErrorPtr error;
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  ErrorOut(error))) {
    return nullptr;
  }
  return JsonNodePtr(json_parser_steal_root(parser.get()));
}

std::optional<std::string> string_member(JsonObject* object, const char* name) {
  JsonNode* node = json_object_get_member(object, name);
  if (node == nullptr || !JSON_NODE_HOLDS_VALUE(node) ||
      json_node_get_value_type(node) != G_TYPE_STRING) {
    return std::nullopt;
  }
  return json_node_get_string(node);
}

std::string canonical_json(JsonNode* node) {
  std::string out;
  append_canonical(out, node);
  return out;
}

}  // namespace klingtext::rehearsal
