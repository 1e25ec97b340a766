// SPDX-License-Identifier: LGPL-2.1-or-later
// A certificate authority of the test's own, and what it signs: good certificates and bad ones.
#pragma once

#include <ctime>
#include <string>

namespace klingtext::test {

struct Identity {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

struct Wanted {
  std::string name = "localhost";  // a DNS name
  // From now on, in seconds.
  std::time_t valid_from = -3600;
  std::time_t valid_until = 3600;
};

class Authority {
 public:
  explicit Authority(const std::string& name = "the test's authority");
  const std::string& certificate() const { return own_.certificate; }  // PEM
  Identity issue(const Wanted& wanted = {}) const;
  static Identity self_signed(const Wanted& wanted = {});

 private:
  Identity own_;
};

}  // namespace klingtext::test
