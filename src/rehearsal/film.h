// SPDX-License-Identifier: LGPL-2.1-or-later
// The fixed facts of a rehearsal clip that picture and sound must agree on.
#pragma once

namespace klingtext::rehearsal {

inline constexpr int kFramesPerSecond = 24;
inline constexpr int kSampleRate = 48'000;
inline constexpr int kChannels = 2;
inline constexpr int kSamplesPerFrame = kSampleRate / kFramesPerSecond;

// The frame that is white in the picture and a 1 kHz tone in the sound: 00:00:02:00.
inline constexpr int kPopFrame = 2 * kFramesPerSecond;

}  // namespace klingtext::rehearsal
