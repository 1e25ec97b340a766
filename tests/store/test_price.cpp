// SPDX-License-Identifier: LGPL-2.1-or-later
// The price of a generation is what the same kind cost before, as the service said it.
#include "store/price.h"

#include "store/journal.h"
#include "support/store_fixture.h"

namespace klingtext {
namespace {

class Price : public test::StoreFixture {
 protected:
  static Entry bought(unsigned seconds, bool sound, Cost cost) {
    Entry entry;
    entry.service = "https://api.example/v2";
    entry.request = std::string(R"({"model":"m","generate_audio":)") + (sound ? "true}" : "false}");
    entry.seconds = seconds;
    entry.state = EntryState::completed;
    entry.cost = cost;
    return entry;
  }
  static std::string kind(const Entry& entry) {
    return price_kind(entry.service, entry.request, entry.seconds);
  }
};

TEST_F(Price, IsNotKnownBeforeAnythingWasBought) {
  EXPECT_FALSE(known_price(store_, kind(bought(5, true, {}))));
  EXPECT_EQ(price_text({}), "the price is not known yet");
}

TEST_F(Price, IsTheMeanOfTheLastFourOfItsKind) {
  for (const double usd : {9.0, 0.6, 0.7, 0.7, 0.8}) {
    remember_price(*store_, bought(5, true, {1400000, usd}));
  }
  remember_price(*store_, bought(10, true, {{}, 1.4}));
  remember_price(*store_, bought(5, false, {{}, 0.35}));
  EXPECT_EQ(price_text(known_price(store_, kind(bought(5, true, {})))),
            "about 0.70 USD, as the last 4");
  EXPECT_EQ(price_text(known_price(store_, kind(bought(10, true, {})))),
            "about 1.40 USD, as the last one");
  EXPECT_EQ(price_text(known_price(store_, kind(bought(5, false, {})))),
            "about 0.35 USD, as the last one");
  EXPECT_FALSE(known_price(store_, kind(bought(10, false, {}))));
}

TEST_F(Price, IsInCreditsWhereTheServiceSaysNoMoney) {
  remember_price(*store_, bought(5, true, {1400000, {}}));
  EXPECT_EQ(price_text(known_price(store_, kind(bought(5, true, {})))),
            "about 1400000 credits, as the last one");
}

TEST_F(Price, LeavesOutWhatCostNothing) {
  Entry rehearsed = bought(5, true, {0, 0.7});
  rehearsed.service = "rehearsal";
  remember_price(*store_, rehearsed);
  EXPECT_FALSE(known_price(store_, kind(rehearsed)));
  remember_price(*store_, bought(5, true, {0, 0}));
  EXPECT_FALSE(known_price(store_, kind(bought(5, true, {}))));
}

TEST_F(Price, IsReadFromTheJournalWhereNoneWasNoted) {
  const Journal journal(store_);
  for (const char letter : {'a', 'b'}) {
    Entry entry = bought(5, true, {{}, letter == 'a' ? 0.6 : 0.8});
    entry.key = std::string(64, letter);
    ASSERT_TRUE(journal.create(entry, std::nullopt).ok());
  }
  EXPECT_EQ(price_text(known_price(store_, kind(bought(5, true, {})))),
            "about 0.70 USD, as the last 2");
}

}  // namespace
}  // namespace klingtext
