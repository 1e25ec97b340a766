// SPDX-License-Identifier: LGPL-2.1-or-later
// What a fetch prints while it runs: a line for each clip when it ends; before that, on a terminal,
// one line that is written over, elsewhere a line for each status.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "job/job_report.h"
#include "journal/fetch_plan.h"

namespace klingtext {

struct FetchProgress {
  JobStatus status = JobStatus::idle;
  std::string retry;        // why the last request is repeated
  std::uint64_t bytes = 0;  // that are here
  std::optional<std::uint64_t> length;
};

class FetchDisplay {
 public:
  enum class Kind { none, lines, terminal };
  FetchDisplay(Kind kind, const StoreDir& store, std::size_t items);
  ~FetchDisplay();
  FetchDisplay(const FetchDisplay&) = delete;
  FetchDisplay& operator=(const FetchDisplay&) = delete;

  // The kind for this process's standard output.
  static Kind kind_of_output();

  // Calls come one at a time.
  void changed(const FetchItem& item, const FetchProgress& progress);
  void ended(const FetchItem& item);
  void passed();  // a moment

 private:
  void print(const std::string& line);
  std::string summary() const;

  const Kind kind_;
  const StoreDir& store_;
  const std::size_t items_;
  std::size_t ended_ = 0;
  std::map<std::string, FetchProgress> under_way_;  // by request key
};

// "abcdef12  downloaded (2.0 MB): PATH", or why not.
std::string result_line(const FetchItem& item, const StoreDir& store);

}  // namespace klingtext
