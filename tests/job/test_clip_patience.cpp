// SPDX-License-Identifier: LGPL-2.1-or-later
// How often a download that gets nowhere is tried. Takes the product's real delays: most of a
// minute.
#include "support/job_fixture.h"

namespace klingtext {
namespace {

using test::Answer;

class ClipPatience : public test::JobFixture {};

TEST_F(ClipPatience, EndsWhereTheServerCutsAtTheSameByteForEver) {
  service_.set_statuses({"completed"});
  // Without a validator every try begins at the first byte: bytes that were there before are no
  // progress.
  service_.always_on_clip(Answer::normal().cut_after(30000).without_etag());
  EXPECT_EQ(error_of_run().kind, ErrorKind::cannot_read);
  EXPECT_EQ(service_.clip_requests(), 9U);
}

}  // namespace
}  // namespace klingtext
