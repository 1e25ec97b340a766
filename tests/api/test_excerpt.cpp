// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/excerpt.h"

#include <gtest/gtest.h>

namespace klingtext {
namespace {

TEST(Excerpt, IsOneLineWithoutTheQueriesOfUrls) {
  EXPECT_EQ(excerpt("  a\r\n\tb  c ", 80), "a b c");
  EXPECT_EQ(excerpt(R"({"u":"https:\/\/c.example\/v?a=b\u0026c=d","n":1})", 80),
            R"({"u":"https:\/\/c.example\/v?…","n":1})");
  EXPECT_EQ(excerpt("/v?sig=1 and //c.example/w?sig=2", 80), "/v?… and //c.example/w?…");
  EXPECT_EQ(excerpt("Why? Because.", 80), "Why? Because.");
  EXPECT_EQ(excerpt("Really?? Yes?", 80), "Really?? Yes?");
  EXPECT_EQ(excerpt("abcdef", 3), "abc…");
  EXPECT_EQ(excerpt(std::string(100000, ' ') + "x", 3), "");
}

TEST(ContentKind, IsNamedByTheFirstBytes) {
  const std::pair<std::string, const char*> cases[] = {
      {"\x1a\x45\xdf\xa3\x01\x02", "a WebM or Matroska file"},
      {"OggS....", "an Ogg file"},
      {"RIFF\x01\x02\x03\x04"
       "AVI LIST",
       "an AVI file"},
      {"\x89PNG\r\n\x1a\n", "a PNG image"},
      {"\x1f\x8b\x08", "gzip data"},
      {"#EXTM3U\n#EXT-X-VERSION", "an HLS playlist"},
      {"<?xml version='1.0'?><Error>", "an XML document"},
      {"<html><body>", "a web page"},
      {"\n <!DOCTYPE HTML>", "a web page"},
      {" {\"message\":1}", "a JSON document"},
      {"Not here\nor there", "text that begins \"Not here\""},
      {std::string("\x00\x01\x02\x03", 4), "binary data"},
      {"", "text that begins \"\""}};
  for (const auto& [head, kind] : cases) EXPECT_EQ(describe_content(head), kind) << head;
  std::string packets(400, '\xff');
  packets[0] = packets[188] = packets[376] = 'G';
  EXPECT_EQ(describe_content(packets), "an MPEG transport stream");
}

}  // namespace
}  // namespace klingtext
