// SPDX-License-Identifier: LGPL-2.1-or-later
// Shots as jobs, and what the store has of them already.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/job_spec.h"
#include "journal/record.h"
#include "store/price.h"
#include "storyboard/storyboard.h"

namespace klingtext {

struct Order {
  unsigned number = 1;  // of the shot, as people count
  std::string key;      // the request key; shots that ask for the same have the same
  std::string prompt;
  unsigned seconds = 0;  // of video it buys
  JobSpec spec;
};

// Which slates of an animatic have a two-pop: the film's first, all, or none.
enum class TwoPops { head, all, none };

// What all shots have in common and the file does not say.
struct Terms {
  bool rehearse = false;
  std::string store;                 // empty: the default one
  std::string api_key_file;          // empty: the environment
  std::optional<unsigned> patience;  // seconds per shot; 0: none
  TwoPops two_pops = TwoPops::head;
};

// Every setting is judged here, before anything is sent.
Result<std::vector<Order>> orders_of(const Storyboard& storyboard, const Terms& terms);

// What the journal knows of a request; changes nothing.
class Stock {
 public:
  static Result<Stock> open(const std::string& store_path);
  // An unreadable entry is an error: it may stand for something paid.
  Result<std::optional<Record>> find(const std::string& key) const;
  // The whole clip of a request; empty when it is not there.
  std::string clip_of(const std::string& key) const;
  // What such a shot cost before; nothing for a rehearsal.
  std::optional<KnownPrice> price_of(const Order& order) const;

 private:
  explicit Stock(std::shared_ptr<StoreDir> store)
      : store_(std::move(store)), journal_(store_), view_(store_) {}
  std::shared_ptr<StoreDir> store_;
  Journal journal_;
  JournalView view_;
};

}  // namespace klingtext
