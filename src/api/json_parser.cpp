// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/json_parser.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace klingtext {
namespace {

using JsonObjectPtr = GlibPtr<JsonObject, json_object_unref>;
using JsonArrayPtr = GlibPtr<JsonArray, json_array_unref>;

constexpr gunichar kReplacementCharacter = 0xfffd;

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

void append_utf8(std::string& text, gunichar character) {
  char bytes[6];
  text.append(bytes, static_cast<std::size_t>(g_unichar_to_utf8(character, bytes)));
}

// RFC 8259, one method per rule. Null or nothing where the text breaks the rule; nothing is read
// after that.
class Parser {
 public:
  explicit Parser(std::string_view utf8) : rest_(utf8) {}

  JsonNodePtr text() {
    skip_space();
    JsonNodePtr root = value(0);
    skip_space();
    return rest_.empty() ? std::move(root) : nullptr;
  }

 private:
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void skip_space() {
    const auto end = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(std::min(end, rest_.size()));
  }

  JsonNodePtr value(unsigned depth) {
    if (next() == '{') return depth < kMaxJsonDepth ? object(depth) : nullptr;
    if (next() == '[') return depth < kMaxJsonDepth ? array(depth) : nullptr;
    if (next() == '"') {
      const auto decoded = string();
      if (!decoded) return nullptr;
      return JsonNodePtr(json_node_init_string(json_node_alloc(), decoded->c_str()));
    }
    if (take("true")) return JsonNodePtr(json_node_init_boolean(json_node_alloc(), TRUE));
    if (take("false")) return JsonNodePtr(json_node_init_boolean(json_node_alloc(), FALSE));
    if (take("null")) return JsonNodePtr(json_node_init_null(json_node_alloc()));
    return number();
  }

  JsonNodePtr object(unsigned depth) {
    take('{');
    const JsonObjectPtr members(json_object_new());
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        const auto name = string();
        skip_space();
        if (!name || !take(':')) return nullptr;
        skip_space();
        JsonNodePtr member = value(depth + 1);
        if (member == nullptr) return nullptr;
        json_object_set_member(members.get(), name->c_str(), member.release());
        skip_space();
      } while (take(','));
      if (!take('}')) return nullptr;
    }
    return JsonNodePtr(json_node_init_object(json_node_alloc(), members.get()));
  }

  JsonNodePtr array(unsigned depth) {
    take('[');
    const JsonArrayPtr elements(json_array_new());
    skip_space();
    if (!take(']')) {
      do {
        skip_space();
        JsonNodePtr element = value(depth + 1);
        if (element == nullptr) return nullptr;
        json_array_add_element(elements.get(), element.release());
        skip_space();
      } while (take(','));
      if (!take(']')) return nullptr;
    }
    return JsonNodePtr(json_node_init_array(json_node_alloc(), elements.get()));
  }

  std::optional<std::string> string() {
    if (!take('"')) return std::nullopt;
    std::string decoded;
    while (!rest_.empty()) {
      const char character = rest_.front();
      rest_.remove_prefix(1);
      if (character == '"') return decoded;
      if (static_cast<unsigned char>(character) < 0x20U) return std::nullopt;
      if (character != '\\') {
        decoded += character;
      } else if (!escape(decoded)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool escape(std::string& decoded) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (take('u')) return code_unit(decoded);
    const auto letter = rest_.empty() ? std::string_view::npos : kLetters.find(rest_.front());
    if (letter == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    decoded += kMeanings[letter];
    return true;
  }

  // A pair of surrogates is one character. Half a pair is none, and U+0000 would end a C string.
  bool code_unit(std::string& decoded) {
    auto character = hex4();
    if (!character) return false;
    if (*character >= 0xd800U && *character <= 0xdbffU) {
      const std::string_view before = rest_;
      const auto low = take("\\u") ? hex4() : std::nullopt;
      if (low && *low >= 0xdc00U && *low <= 0xdfffU) {
        character = 0x10000U + ((*character - 0xd800U) << 10U) + (*low - 0xdc00U);
      } else {
        rest_ = before;
      }
    }
    const bool is_character = *character != 0 && g_unichar_validate(*character);
    append_utf8(decoded, is_character ? *character : kReplacementCharacter);
    return true;
  }

  std::optional<gunichar> hex4() {
    gunichar value = 0;
    for (int digit = 0; digit < 4; ++digit) {
      const int nibble = g_ascii_xdigit_value(next());
      if (nibble < 0) return std::nullopt;
      rest_.remove_prefix(1);
      value = value << 4U | static_cast<unsigned>(nibble);
    }
    return value;
  }

  bool digits() {
    if (!is_digit(next())) return false;
    while (is_digit(next())) rest_.remove_prefix(1);
    return true;
  }

  // An integer where it fits 64 bits with its sign, else the nearest double.
  JsonNodePtr number() {
    const std::string_view begin = rest_;
    take('-');
    if (!take('0') && !digits()) return nullptr;
    bool whole = true;
    if (take('.')) {
      whole = false;
      if (!digits()) return nullptr;
    }
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+')) take('-');
      if (!digits()) return nullptr;
    }
    const std::string spelled(begin.substr(0, begin.size() - rest_.size()));
    std::int64_t integer = 0;
    const char* end = spelled.data() + spelled.size();
    if (whole && std::from_chars(spelled.data(), end, integer).ec == std::errc()) {
      return JsonNodePtr(json_node_init_int(json_node_alloc(), integer));
    }
    return JsonNodePtr(
        json_node_init_double(json_node_alloc(), g_ascii_strtod(spelled.c_str(), nullptr)));
  }

  std::string_view rest_;
};

}  // namespace

JsonNodePtr parse_json(std::string_view bytes) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!g_utf8_validate_len(bytes.data(), bytes.size(), nullptr)) return nullptr;
  return Parser(bytes).text();
}

}  // namespace klingtext
