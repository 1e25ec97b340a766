// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/storyboard_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "storyboard/extra_values.h"
#include "storyboard/toml_reader.h"

namespace klingtext {
namespace {

constexpr double kLongest = 60;  // seconds of a clip
constexpr int kLargest = 8192;   // pixels

using ShotKey = TomlKey<Shot>;
using FilmKey = TomlKey<Film>;

bool set_ratio(const toml::node& value, Shot& shot) {
  for (const AspectRatio ratio : {AspectRatio::wide, AspectRatio::tall, AspectRatio::square}) {
    if (value.value_exact<std::string>() == *spelled(ratio)) {
      shot.settings.aspect_ratio = ratio;
      return true;
    }
  }
  return false;
}

bool set_transition(const toml::node& value, Shot& shot) {
  const auto text = value.value_exact<std::string>();
  if (text != "cut" && text != "dissolve") return false;
  shot.transition = text == "cut" ? Transition::cut : Transition::dissolve;
  return true;
}

bool set_negative_prompt(const toml::node& value, Shot& shot) {
  std::string text;
  if (!set_text(value, text)) return false;
  shot.settings.negative_prompt = text;
  return true;
}

bool set_prompt(const toml::node& value, Shot& shot) {
  std::string text;
  if (!set_text(value, text)) return false;
  shot.settings.prompt = text;
  return true;
}

bool set_out(const toml::node& value, Shot& shot) {
  double seconds = 0;
  if (!set_number(value, 0, kLongest, seconds)) return false;
  shot.out = seconds;
  return true;
}

bool set_extra(const toml::node& value, Shot& shot) {
  if (value.as_table() == nullptr) return false;
  shot.settings.extra_params = extra_values(*value.as_table());
  return shot.settings.extra_params != nullptr;
}

template <auto member>
bool set_setting(const toml::node& value, Shot& shot) {
  return set_text(value, shot.settings.*member);
}

// What the shots may have in common.
constexpr ShotKey kModel{"model", "the name of a model", set_setting<&Settings::model>};
constexpr ShotKey kNegativePrompt{"negative-prompt", "a text", set_negative_prompt};
constexpr ShotKey kAspectRatio{"aspect-ratio", "\"16:9\", \"9:16\" or \"1:1\"", set_ratio};
constexpr ShotKey kDuration{"duration", "a whole number of seconds, 1 to 60",
                            [](const toml::node& value, Shot& shot) {
                              return set_integer(value, 1, 60, [&](std::int64_t seconds) {
                                shot.settings.duration = static_cast<int>(seconds);
                              });
                            }};
constexpr ShotKey kScale{"cfg-scale", "a number from 0 to 1",
                         [](const toml::node& value, Shot& shot) {
                           return set_number(value, 0, 1, shot.settings.cfg_scale);
                         }};
constexpr ShotKey kAudio{"generate-audio", "true or false",
                         [](const toml::node& value, Shot& shot) {
                           return set_boolean(value, shot.settings.generate_audio);
                         }};
constexpr ShotKey kTake{"take", "a whole number from 1", [](const toml::node& value, Shot& shot) {
                          return set_integer(value, 1, G_MAXUINT, [&](std::int64_t take) {
                            shot.settings.take = static_cast<unsigned>(take);
                          });
                        }};
constexpr ShotKey kExtra{"extra-params",
                         "a table of texts, numbers, booleans and lists of one kind of those",
                         set_extra};
constexpr ShotKey kIn{
    "in", "seconds from the beginning of the clip",
    [](const toml::node& value, Shot& shot) { return set_number(value, 0, kLongest, shot.in); }};
constexpr ShotKey kOut{"out", "seconds from the beginning of the clip", set_out};
constexpr ShotKey kTransition{"transition", "\"cut\" or \"dissolve\"", set_transition};
constexpr ShotKey kDissolve{"dissolve", "seconds, more than 0",
                            [](const toml::node& value, Shot& shot) {
                              return set_number(value, 0.02, kLongest, shot.dissolve);
                            }};

constexpr std::array kDefaultKeys{kModel,      kNegativePrompt, kAspectRatio, kDuration, kScale,
                                  kAudio,      kTake,           kExtra,       kIn,       kOut,
                                  kTransition, kDissolve};
constexpr std::array kShotKeys{
    ShotKey{"prompt", "a text", set_prompt},
    ShotKey{"generation-id", "a text", set_setting<&Settings::generation_id>},
    ShotKey{"resubmit", "a client request id", set_setting<&Settings::resubmit>},
    kModel,
    kNegativePrompt,
    kAspectRatio,
    kDuration,
    kScale,
    kAudio,
    kTake,
    kExtra,
    kIn,
    kOut,
    kTransition,
    kDissolve};

// Both numbers even: the picture is coded in blocks of two by two.
bool set_size(const toml::node& value, Film& film) {
  const auto text = value.value_exact<std::string>();
  int width = 0;
  int height = 0;
  char more = 0;
  if (!text || std::sscanf(text->c_str(), "%dx%d%c", &width, &height, &more) != 2) return false;
  if (width < 16 || width > kLargest || height < 16 || height > kLargest) return false;
  if (width % 2 != 0 || height % 2 != 0) return false;
  film.width = width;
  film.height = height;
  return true;
}

bool set_rate(const toml::node& value, Film& film) {
  if (value.is_integer()) {
    return set_integer(value, 1, 120, [&](std::int64_t rate) {
      film.rate = {static_cast<int>(rate), 1};
    });
  }
  const auto text = value.value_exact<std::string>();
  Rate rate;
  char more = 0;
  if (!text ||
      std::sscanf(text->c_str(), "%d/%d%c", &rate.numerator, &rate.denominator, &more) != 2)
    return false;
  if (rate.denominator < 1 || rate.denominator > 10000) return false;
  if (rate.numerator < rate.denominator || rate.numerator / 120 > rate.denominator) return false;
  film.rate = rate;
  return true;
}

constexpr std::array kFilmKeys{
    FilmKey{"size", "\"WIDTHxHEIGHT\" in even numbers of pixels", set_size},
    FilmKey{"rate", "frames per second, a whole number or \"30000/1001\"", set_rate}};

Outcome read_shots(const toml::array& list, const Shot& defaults, Storyboard& storyboard) {
  for (const toml::node& node : list) {
    Shot shot = defaults;
    const std::string where = "shot " + std::to_string(storyboard.shots.size() + 1);
    if (node.as_table() == nullptr) return complaint_at(node, "A shot is written as [[shot]].");
    Outcome read = read_table<Shot>(*node.as_table(), kShotKeys, where, shot);
    if (read.failed()) return read;
    if (!shot.settings.prompt) return complaint_at(node, where + " needs a prompt.");
    if (shot.out && *shot.out <= shot.in) {
      return complaint_at(node, where + " ends before it begins: out must be more than in.");
    }
    if (std::max(shot.in, shot.out.value_or(0)) > shot.settings.duration ||
        shot.in >= shot.settings.duration) {
      return complaint_at(node, where + " is " + std::to_string(shot.settings.duration) +
                                    " s long: in and out must lie within.");
    }
    storyboard.shots.push_back(std::move(shot));
  }
  return Done{};
}

// The picture's size where the file does not say: that of the shots, when they all have one.
void choose_size(Storyboard& storyboard) {
  Film& film = storyboard.film;
  if (film.width > 0) return;
  film.width = 1920;
  film.height = 1080;
  const AspectRatio first = storyboard.shots.front().settings.aspect_ratio;
  for (const Shot& shot : storyboard.shots) {
    if (shot.settings.aspect_ratio != first) return;
  }
  if (first == AspectRatio::tall) std::swap(film.width, film.height);
  if (first == AspectRatio::square) film.width = film.height;
}

Result<Storyboard> understood(const toml::table& root) {
  Storyboard storyboard;
  Shot defaults;
  const toml::array* shots = nullptr;
  for (const auto& [name, node] : root) {
    const toml::table* table = node.as_table();
    Outcome read = Done{};
    if (name == "film" && table != nullptr) {
      read = read_table<Film>(*table, kFilmKeys, "[film]", storyboard.film);
    } else if (name == "defaults" && table != nullptr) {
      read = read_table<Shot>(*table, kDefaultKeys, "[defaults]", defaults);
    } else if (name == "shot" && node.as_array() != nullptr) {
      shots = node.as_array();
    } else {
      read = complaint_at(node,
                          "A storyboard has [film], [defaults] and one [[shot]] after the "
                          "other, but no \"" +
                              std::string(name.str()) + "\".");
    }
    if (read.failed()) return read.error();
  }
  if (shots == nullptr || shots->empty()) {
    return Error{.kind = ErrorKind::settings,
                 .message =
                     "There is no shot. Write [[shot]] and, "
                     "below it, prompt = \"…\"."};
  }
  if (auto read = read_shots(*shots, defaults, storyboard); read.failed()) return read.error();
  choose_size(storyboard);
  return storyboard;
}

}  // namespace

Result<Storyboard> read_storyboard(const std::string& path) {
  const auto said = [&path](const std::string& what) {
    return Error{.kind = ErrorKind::settings, .message = path + ": " + what};
  };
  gchar* raw = nullptr;
  gsize size = 0;
  GErrorPtr error;
  if (!g_file_get_contents(path.c_str(), &raw, &size, ErrorOut(error))) {
    return Error{.kind = ErrorKind::settings,
                 .message = "The storyboard cannot be read: " + std::string(error->message) + "."};
  }
  const GCharPtr text(raw);
  try {
    auto storyboard = understood(toml::parse(std::string_view(raw, size)));
    if (storyboard.failed()) return said(storyboard.error().message);
    return storyboard;
  } catch (const toml::parse_error& wrong) {
    return said("line " + std::to_string(wrong.source().begin.line) + ": " +
                std::string(wrong.description()) + ".");
  }
}

}  // namespace klingtext
