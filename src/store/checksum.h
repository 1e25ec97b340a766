// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a clip on the disk still is what was downloaded. Against decay, not against people: who
// can write in the store can write its journal as well.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace klingtext {

// The sum of bytes from the first one on, without a gap.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  void add(std::string_view bytes);
  // What is still missing of a file's first `length` bytes. False when it cannot be read.
  bool add_rest_of(int fd, std::uint64_t length);
  std::uint64_t size() const { return size_; }
  void clear();
  // With the name of the method in front: "xxh128:…", or "sha256:…" from a build without xxHash.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::uint64_t size_ = 0;  // bytes
};

// A build without xxHash takes a file of that length for the clip when the journal has its
// "xxh128:…".
bool has_checksum(int fd, std::uint64_t length, const std::string& checksum);

}  // namespace klingtext
