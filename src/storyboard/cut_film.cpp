// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storyboard/cut_film.h"

#include <algorithm>

#include "storyboard/edl.h"
#include "storyboard/film_format.h"
#include "storyboard/otio.h"
#include "storyboard/render.h"
#include "storyboard/timeline.h"

namespace klingtext {
namespace {

std::string beside(const std::string& film, const char* ending) {
  return film.substr(0, film.rfind('.')) + ending;
}

std::string why_missing(const Stock& stock, const Order& order, const Shots& tried) {
  for (const ShotProgress& shot : tried) {
    if (shot.number == order.number && shot.error) return shot.error->message;
  }
  const auto record = stock.find(order.key);
  if (record.failed()) return record.error().message;
  return *record ? std::string("It is ") + name_of((*record)->status) + '.'
                 : "It was not made yet.";
}

Result<std::vector<Material>> material_for(const std::vector<Order>& orders, const Shots& tried) {
  const auto stock = Stock::open(orders.front().spec.store_path);
  if (!stock.ok()) return stock.as<std::vector<Material>>();
  std::vector<Material> material;
  for (const Order& order : orders) {
    Material one{stock->clip_of(order.key), {}};
    if (one.clip.empty()) one.why = why_missing(*stock, order, tried);
    material.push_back(std::move(one));
  }
  const auto is_missing = [](const Material& one) { return one.clip.empty(); };
  if (std::all_of(material.begin(), material.end(), is_missing)) {
    return Error{.kind = ErrorKind::failed,
                 .message = "No film was made: none of its shots is there."};
  }
  return material;
}

Outcome save_text(const std::string& path, const std::string& text) {
  GErrorPtr error;
  if (g_file_set_contents_full(path.c_str(), text.data(), static_cast<gssize>(text.size()),
                               G_FILE_SET_CONTENTS_CONSISTENT, 0666, ErrorOut(error))) {
    return Done{};
  }
  return Error{.kind = ErrorKind::settings,
               .message = "The film cannot be cut: " + std::string(error->message) + '.'};
}

}  // namespace

std::vector<std::string> files_of_film(const std::string& film) {
  return {film, beside(film, ".xges"), beside(film, ".otio"), beside(film, ".edl")};
}

std::vector<unsigned> missing_of(const std::vector<Order>& orders) {
  std::vector<unsigned> missing;
  const auto stock = Stock::open(orders.front().spec.store_path);
  for (const Order& order : orders) {
    if (!stock.ok() || stock->clip_of(order.key).empty()) missing.push_back(order.number);
  }
  return missing;
}

Result<Ending> cut_film(const Storyboard& storyboard, const std::vector<Order>& orders,
                        const Shots& tried, const std::string& path, const Interrupt& interrupt,
                        Display& display) {
  auto material = material_for(orders, tried);
  if (!material.ok()) return material.as<Ending>();
  const auto timeline =
      build_timeline(storyboard, *std::move(material), orders.front().spec.store_path + "/slates");
  if (!timeline.ok()) return timeline.as<Ending>();
  Ending ending;
  ending.film = path;
  ending.timeline = beside(path, ".xges");
  ending.otio = beside(path, ".otio");
  ending.edl = beside(path, ".edl");
  ending.seconds = timeline->seconds;
  ending.missing = timeline->missing;
  if (auto saved = save_timeline(*timeline, ending.timeline); !saved.ok()) {
    return saved.as<Ending>();
  }
  const GCharPtr title(g_path_get_basename(path.c_str()));
  const Rate& rate = storyboard.film.rate;
  for (const auto& [file, text] :
       {std::pair(ending.otio, otio_of(title.get(), timeline->edits, rate)),
        std::pair(ending.edl, edl_of(title.get(), timeline->edits, rate))}) {
    if (auto saved = save_text(file, text); !saved.ok()) return saved.as<Ending>();
  }
  const auto profile = encoding_profile(*container_of(path), storyboard.film);
  const Outcome rendered = render_film(*timeline, path, profile, interrupt,
                                       [&display](double share) { display.rendering(share); });
  if (!rendered.ok()) return rendered.as<Ending>();
  return ending;
}

}  // namespace klingtext
