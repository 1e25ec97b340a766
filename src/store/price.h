// SPDX-License-Identifier: LGPL-2.1-or-later
// What generations of one kind cost before, as the service said it. There is no price list: what
// was never bought has no known price.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "store/entry.h"
#include "store/store_dir.h"

namespace klingtext {

struct KnownPrice {
  Cost cost;           // the mean of the last ones: USD, else credits
  unsigned count = 0;  // of which it is the mean, at most 4
};

// Tells generations apart that have different prices: service, model, length and sound. `request`
// is the body that is sent.
std::string price_kind(const std::string& service, const std::string& request, unsigned seconds);

// Notes what a generation cost. Only ever a hint, as the times of generations.
void remember_price(const StoreDir& store, const Entry& entry);

// From what was noted, else from the entries of a small journal.
std::optional<KnownPrice> known_price(std::shared_ptr<const StoreDir> store,
                                      const std::string& kind);

// "0.70 USD" or "1400000 credits".
std::string amount_text(const Cost& cost);
// "about 0.70 USD, as the last 4", or that it is not known yet.
std::string price_text(const std::optional<KnownPrice>& price);

}  // namespace klingtext
