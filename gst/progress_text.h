// SPDX-License-Identifier: LGPL-2.1-or-later
// A job's report in words and numbers, as messages have them.
#pragma once

#include <optional>
#include <string>

#include "job/job_report.h"
#include "job/job_spec.h"

namespace klingtext {

const char* nick_of(JobStatus status);
Seconds elapsed(const JobReport& report);
// Until the video is expected, from 0; nothing without an estimate, and once it is there.
std::optional<int> seconds_left(const JobReport& report);
// What is generated: the prompt's first words, else the generation's id.
std::string subject(const JobReport& report);
// What is bought, unless it is paid already, and what that cost before: ": 5 s of video, …". Empty
// where nothing can be bought. Reads the store.
std::string price_note(const JobSpec& spec);
// `next_take` is the take that is offered where the generation was found and not bought.
std::string progress_text(const JobReport& report, unsigned next_take);

}  // namespace klingtext
