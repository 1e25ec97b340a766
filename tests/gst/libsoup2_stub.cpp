// SPDX-License-Identifier: LGPL-2.1-or-later
// A library with the name of libsoup 2: the element looks for the name.
extern "C" int klingtext_libsoup2_stub() {
  return 2;
}
