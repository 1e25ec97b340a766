// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace klingtext {

// Seconds of video that may be bought per UTC day; 0 is no cap.
struct DailyCap {
  enum class Origin { set, uri };  // by the user, or the default of an element configured by a URI

  DailyCap(unsigned most = 0, Origin from = Origin::set)  // NOLINT(google-explicit-constructor)
      : seconds(most), origin(from) {}

  unsigned seconds;
  Origin origin;
};

// A stranger's playlist must not spend more than a minute of video a day unasked.
inline constexpr unsigned kUriDailyCap = 60;

}  // namespace klingtext
