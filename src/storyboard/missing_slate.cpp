// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/missing_slate.h"

#include <glib/gstdio.h>

#include <array>
#include <cerrno>

#include "base/random.h"
#include "base/text.h"
#include "rehearsal/slate_page.h"

namespace klingtext {
namespace {

constexpr const char* kVersion = "missing 1";  // goes up when the picture changes
constexpr double kNearlySquare = 1.25;

// The layout that loses least of the film's picture to bars.
const char* shape_of(const Film& film) {
  if (film.width > film.height * kNearlySquare) return "16:9";
  return film.height > film.width * kNearlySquare ? "9:16" : "1:1";
}

rehearsal::Shot words_of(const Shot& shot, const char* shape) {
  const Settings& settings = shot.settings;
  rehearsal::Shot words;
  words.model = settings.model;
  words.prompt = settings.prompt.value_or("");
  words.aspect_ratio = spelled(settings.aspect_ratio).value_or(shape);
  words.seconds = settings.duration;
  if (settings.cfg_scale >= 0) words.cfg_scale = settings.cfg_scale;
  words.audio = settings.generate_audio;
  return words;
}

Error not_written(const std::string& path, const char* reason) {
  return Error{.kind = ErrorKind::store,
               .message = "The film cannot be cut: the slate " + path +
                          " cannot be written: " + reason + "."};
}

}  // namespace

Result<std::string> missing_slate(const Film& film, const Shot& shot, unsigned number,
                                  const std::string& why, const std::string& folder) {
  const char* shape = shape_of(film);
  const rehearsal::Shot words = words_of(shot, shape);
  const rehearsal::SlateLabel label{.shot = std::to_string(number), .take = shot.settings.take};
  std::string all = kVersion;
  for (const std::string& part :
       {std::string(shape), label.shot, std::to_string(label.take), words.model, words.prompt,
        *words.aspect_ratio, std::to_string(words.seconds), std::to_string(shot.settings.cfg_scale),
        std::string(words.audio ? "sound" : ""), why}) {
    all += '\0' + part;
  }
  const std::string path = folder + '/' + sha256_hex(all) + ".png";
  if (g_file_test(path.c_str(), G_FILE_TEST_EXISTS)) return path;
  if (g_mkdir_with_parents(folder.c_str(), 0700) != 0) {
    return not_written(path, g_strerror(errno));
  }
  const auto picture = rehearsal::draw_missing_page(
      words, label, why, rehearsal::SlateLayout::of(shape), rehearsal::SlatePalette(words.prompt));
  const std::string part = path + '.' + random_hex(8);
  const cairo_status_t written = cairo_surface_write_to_png(picture.get(), part.c_str());
  if (written != CAIRO_STATUS_SUCCESS || g_rename(part.c_str(), path.c_str()) != 0) {
    const std::string reason =
        written != CAIRO_STATUS_SUCCESS ? cairo_status_to_string(written) : g_strerror(errno);
    g_remove(part.c_str());
    return not_written(path, reason.c_str());
  }
  return path;
}

}  // namespace klingtext
