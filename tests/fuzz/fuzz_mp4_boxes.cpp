// SPDX-License-Identifier: LGPL-2.1-or-later
// The walk over an MP4's boxes, of a file and of its pretended length. The first two bytes of the
// input are added to the file's size to make the latter.
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/target.h"
#include "store/mp4_boxes.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace klingtext;
  using namespace klingtext::fuzz;
  if (size < 2) return 0;
  const std::uint64_t beyond = data[0] + 256U * data[1];
  const std::string_view file = text_of(data + 2, size - 2);
  (void)begins_like_mp4(file);
  static const int fd = memfd_create("clip", MFD_CLOEXEC);
  must(ftruncate(fd, 0) == 0 && pwrite(fd, file.data(), file.size(), 0) >= 0, "there is memory");
  (void)mp4_state(fd, file.size() / 2);
  if (beyond > 0) {
    must(mp4_state(fd, file.size() + beyond) != Mp4State::whole || file.size() >= 16,
         "what is whole beyond the file has at least its boxes' heads");
  }
  // Which boxes there are is read from the file, so its end cannot make more of them.
  if (mp4_state(fd, file.size()) == Mp4State::whole) {
    must(file.find("moov") != file.npos, "what is whole has an index");
  }
  return 0;
}
