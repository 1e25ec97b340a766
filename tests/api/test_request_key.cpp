// SPDX-License-Identifier: LGPL-2.1-or-later
// The request key is how what was paid for is found again: these hashes never change. They were
// computed by another program from the construction in request.h.
#include <gtest/gtest.h>

#include <set>

#include "api/request.h"
#include "api/service_url.h"

namespace klingtext {
namespace {

constexpr const char* kRaccoon = "A cheerful white raccoon running through a sequoia forest";

struct Frozen {
  const char* name;
  void (*change)(Request& r);
  const char* key;
  const char* service = kDefaultBaseUrl;
};

constexpr Frozen kFrozen[] = {
    {"Plain", [](Request&) {}, "fddfb8e3143efdb293cfbdc705f198c7ec27645fd23a9f5aa36820e95a9c79a3"},
    {"Take2", [](Request& r) { r.take = 2; },
     "007133f53b62e6930a3571474daac9ab1e91ce7bdc5ccd4e4eb9b7164141147b"},
    {"TakeLargest", [](Request& r) { r.take = 4294967295U; },
     "41c1bec7ae8b64648fbc8751ccb213386fa3a9345f74e44b816c6429a161f223"},
    {"Ten", [](Request& r) { r.duration = 10; },
     "2b9836126bbd08796d9b24e0392599eb4868317ef7e2191fba14ff104bbe787a"},
    {"Silent", [](Request& r) { r.generate_audio = false; },
     "3ed0767028d49bb7d638df735562479fa2a3bd52e7fc25cd37553179898709ba"},
    {"Wide", [](Request& r) { r.aspect_ratio = "16:9"; },
     "1afe6c3533a01baaee818eaf0cfd455bef898b87873eb1c718e85bfdcec109de"},
    {"Tall", [](Request& r) { r.aspect_ratio = "9:16"; },
     "40211ece0ef8e8b33949b7de339cda54fbab2241bd28622438e5bcf4d4291f81"},
    {"Square", [](Request& r) { r.aspect_ratio = "1:1"; },
     "56cd83f67ae89ca147c6ced06614e921a5c247dfb45aa93416d67729bffc6a81"},
    {"CfgZero", [](Request& r) { r.cfg_scale = 0.0; },
     "469e04b6d29f7d409bb9aaa012ba2bf4248af391f82ff82132c5b21dddeffc45"},
    {"CfgTenth", [](Request& r) { r.cfg_scale = 0.1; },
     "958c32efb5f6409ff8f5b231c3e2f9b9e68d00031328fe4a498324ff9fc92d48"},
    {"CfgHalf", [](Request& r) { r.cfg_scale = 0.5; },
     "f132d68bfb9efdf88dce292faec5b324f74224f244e7aa92ad8cae00bf39f8d2"},
    {"CfgThird", [](Request& r) { r.cfg_scale = 1.0 / 3; },
     "f304688e142c80aeb5b58fa02ffab4cf3a3dfac5243fbe69785a06dbf5fa55a3"},
    {"CfgOne", [](Request& r) { r.cfg_scale = 1.0; },
     "d9cf14a9533c193f524861d0993a08bce4d581053a8d5b19dd960acd064c4a50"},
    {"Negative", [](Request& r) { r.negative_prompt = "blur, text"; },
     "b6efc6fcae910bf8ccf057825f6c914932cf36f937aaeb65bd54b4f0235c1367"},
    {"NegativeEmpty", [](Request& r) { r.negative_prompt = ""; },
     "e4f71438d3596e70d62920769d78f18254b8c483c52fe20bcd2229c6c67b7b59"},
    {"Escapes",
     [](Request& r) { r.prompt = "a \"quoted\" \\ line\nbreak\ttab \x01\x1f\x7f / end"; },
     "a243ae664d77ae2cbeaf28f43182a6b3a2bf3649f0a2307fa3d7cbdeea6f123d"},
    {"Unicode", [](Request& r) { r.prompt = "Ein Waschbär 🦝 läuft — durch den Wald"; },
     "60d61a572ddccb7f244754a741e85a4d8425281d5c1543920da87f36db689d40"},
    {"OtherModel",
     [](Request& r) {
       r.model = "klingai/other";
       r.duration = 7;
     },
     "c8d64316e9d712c73a0a4945a754800efd8b822a6e59be4f90430eb16d21b3cf"},
    {"Rehearsal", [](Request&) {},
     "5689591300485950232f530472871bc117fb3bebfe835f4a71cafa8918b1b2a8", "rehearsal"},
    {"Everything",
     [](Request& r) {
       r.prompt = "x";
       r.take = 3;
       r.aspect_ratio = "1:1";
       r.cfg_scale = 0.25;
       r.generate_audio = false;
       r.negative_prompt = "n";
       r.extra = {
           {"duration", "\"5\""}, {"image_url", "\"https://a.example/i.png\""}, {"seed", "7"}};
     },
     "88330155ac0f21fc68b24dd077211d6dd45dd868067c37e6ceedc2d15cde592b",
     "http://127.0.0.1:8080/v2"},
};

class RequestKey : public testing::TestWithParam<Frozen> {};

TEST_P(RequestKey, IsFrozen) {
  Request request;
  request.prompt = kRaccoon;
  GetParam().change(request);
  EXPECT_EQ(request_key(request, GetParam().service), GetParam().key);
}

INSTANTIATE_TEST_SUITE_P(Fixed, RequestKey, testing::ValuesIn(kFrozen),
                         [](const auto& one) { return one.param.name; });

TEST(RequestKeys, AreAllDifferent) {
  std::set<std::string> keys;
  for (const Frozen& one : kFrozen) keys.insert(one.key);
  EXPECT_EQ(keys.size(), 20U);
}

TEST(RequestKeys, KnowTheServiceByItsNormalisedUrl) {
  Request request;
  request.prompt = kRaccoon;
  EXPECT_EQ(request_key(request, parse_service_url("HTTPS://API.AIMLAPI.COM:443/v2/")->text),
            kFrozen[0].key);
}

TEST(RequestKeys, HaveTheSlateOfARehearsalOnlyWhereItIsSet) {
  Request request;
  request.prompt = "A raccoon";
  const std::string plain = request_key(request, "rehearsal");
  const std::string body = request_body(request);
  request.slate = "shot=7";
  EXPECT_NE(request_key(request, "rehearsal"), plain);
  EXPECT_EQ(request_body(request), body);
}

}  // namespace
}  // namespace klingtext
