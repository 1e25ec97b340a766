// SPDX-License-Identifier: LGPL-2.1-or-later
#include "api/service_error.h"

#include <gtest/gtest.h>

#include "api/json_reader.h"
#include "support/api_body.h"

namespace klingtext {
namespace {

struct Case {
  const char* error;  // JSON
  const char* name;
  const char* message;
};

ServiceError error_in_member(const std::string& error) {
  const JsonNodePtr root = read_json_object("{\"error\":" + error + "}");
  EXPECT_NE(root, nullptr) << error;
  return root == nullptr ? ServiceError{} : error_member_of(json_node_get_object(root.get()));
}

std::string reason_of(const std::string& reply) {
  const JsonNodePtr root = read_json_object(reply);
  EXPECT_NE(root, nullptr) << reply;
  return root == nullptr ? "" : reason_in(json_node_get_object(root.get())).message;
}

TEST(ServiceErrorMember, IsReadInEveryShapeSeen) {
  const Case cases[] = {
      {R"({"name":"N","message":"M"})", "N", "M"},
      {R"("It broke")", "", "It broke"},
      {R"({"name":"OnlyAName"})", "OnlyAName", ""},
      {R"({"code":1303,"msg":"Too many"})", "1303", "Too many"},
      {R"({"type":"about:blank","title":"T","detail":"D"})", "", "D"},
      {R"({"type":"https://c.example/t","title":"T"})", "", "T"},
      {R"({"detail":"Not found"})", "", "Not found"},
      {R"({"detail":[{"loc":["body","x"],"msg":"Too long","type":"value_error"}]})", "value_error",
       "body.x: Too long"},
      {R"([{"loc":["body",0],"msg":"A"},{"path":"y","message":"B"},"C",{"msg":"D"}])", "",
       "body.0: A; y: B; C"},
      {R"({"message":"Invalid","errors":[{"path":"x","message":"A"}]})", "", "Invalid; x: A"},
      {R"({"message":["A","B"],"error":"Bad Request"})", "", "Bad Request; A; B"},
      {R"({"error":{"error":{"message":"Deep","code":"c"}}})", "c", "Deep"},
      {R"({"task_status_msg":"Risk"})", "", "Risk"},
      {R"([["A"]])", "", "A"},
      {R"(7)", "", "7"},
      {R"({"kind":"x","limit":3})", "", R"({"kind":"x","limit":3})"},
      {R"({"detail":[null,3]})", "", R"({"detail":[null,3]})"},
      {R"("See https://c.example/x?token=secret&b=1 there")", "",
       "See https://c.example/x?… there"},
  };
  for (const Case& one : cases) {
    const ServiceError error = error_in_member(one.error);
    EXPECT_EQ(error.name, one.name) << one.error;
    EXPECT_EQ(error.message, one.message) << one.error;
  }
}

TEST(ServiceErrorMember, IsNoErrorWhereItSaysNothing) {
  for (const char* error : {"null", "{}", "[]", "\"\"", "false", "true", R"({"detail":[]})",
                            R"({"message":null,"detail":[{},[]]})", R"(["",null])"}) {
    EXPECT_TRUE(error_in_member(error).empty()) << error;
  }
}

TEST(ServiceErrorMember, IsBoundedWhateverItHolds) {
  std::string deep = "\"x\"";
  for (int i = 0; i < 100; ++i) deep = "{\"error\":" + deep + "}";
  EXPECT_LE(error_in_member(deep).message.size(), 410U);
  const std::string many = "[" + std::string(400, 'x') + "]";
  std::string list = "[\"" + std::string(400, 'x') + "\"";
  for (int i = 0; i < 1000; ++i) list += ",{\"msg\":\"" + std::string(300, 'y') + "\"}";
  EXPECT_LE(error_in_member(list + "]").message.size(), 410U);
}

TEST(ServiceReason, IsFoundInAReplyWithoutAnErrorMember) {
  EXPECT_EQ(reason_of(R"({"id":"a","status":"failed","message":"M"})"), "M");
  EXPECT_EQ(reason_of(R"({"errors":[{"path":"duration","message":"M"}]})"), "duration: M");
  EXPECT_EQ(reason_of(R"({"detail":[{"loc":["body"],"msg":"M"}]})"), "body: M");
  EXPECT_EQ(reason_of(R"({"code":0,"message":"SUCCEED","data":{"task_status_msg":"M"}})"), "M");
  EXPECT_EQ(reason_of(R"({"id":"a","status":"failed","model":"m","failure":{"kind":"x"}})"),
            R"({"failure":{"kind":"x"}})");
  EXPECT_EQ(reason_of(R"({"id":"a","status":"failed","error":null,"meta":{"usage":{}}})"), "");
  EXPECT_EQ(reason_of(R"({"id":"a","status":"failed","message":"success","title":"My film"})"),
            R"({"message":"success","title":"My film"})");
}

TEST(HttpErrorBody, IsReadInEitherEnvelope) {
  const ServiceError problem = parse_http_error(test::problem_body(429));
  EXPECT_EQ(problem.name, "TooManyRequests");
  EXPECT_EQ(problem.message, "Rate limit exceeded");
  EXPECT_EQ(parse_http_error(R"({"message":"Slow down","path":"/v2","requestId":"r",)"
                             R"("statusCode":"429","timestamp":"t"})")
                .message,
            "Slow down");
  EXPECT_EQ(parse_http_error(R"({"title":"Bad Request","status":400})").message, "Bad Request");
  EXPECT_EQ(parse_http_error(R"({"detail":"Not Found"})").message, "Not Found");
  EXPECT_EQ(parse_http_error(R"({"detail":[{"loc":[],"msg":"field required","type":"missing"}]})")
                .message,
            "field required");
}

TEST(HttpErrorBody, SaysWhichMemberIsWrong) {
  EXPECT_EQ(parse_http_error(R"({"message":"Validation failed","errors":[)"
                             R"({"path":["duration"],"message":"must be 5 or 10"}]})")
                .message,
            "Validation failed; duration: must be 5 or 10");
  EXPECT_EQ(parse_http_error(R"([{"field":"prompt","message":"too long"}])").message,
            "prompt: too long");
  EXPECT_EQ(parse_http_error(R"("Too long")").message, "Too long");
  EXPECT_EQ(parse_http_error(R"({"message":"Validation failed","errors":)"
                             R"({"duration":["must be 5 or 10"],"prompt":"too long","x":[]}})")
                .message,
            "Validation failed; duration: must be 5 or 10; prompt: too long");
  EXPECT_EQ(parse_http_error(R"({"message":"Body validation error","details":)"
                             R"({"fieldErrors":{"duration":["Expected 5"]},"formErrors":[]}})")
                .message,
            "Body validation error; duration: Expected 5");
  const ServiceError zod = parse_http_error(
      R"({"error":{"name":"ZodError","issues":[{"path":["duration"],"message":"Expected 5"}]}})");
  EXPECT_EQ(words_of(zod), "ZodError: duration: Expected 5");
  EXPECT_EQ(words_of(parse_http_error(R"({"code":1201,"msg":"","data":{"detail":"bad ratio"}})")),
            "1201: bad ratio");
  EXPECT_TRUE(
      parse_http_error(R"({"title":"Bad","invalid-params":[{"name":"x","reason":"must be 5"}]})")
          .message.ends_with("must be 5"));
}

TEST(HttpErrorBody, IsShownAsJsonWhereItsShapeIsNew) {
  EXPECT_EQ(parse_http_error(R"({"message":"Invalid","details":{"limit":3}})").message,
            R"(Invalid; {"limit":3})");
  EXPECT_EQ(parse_http_error("{\n \"oops\": {\"why\": 7}\n}").message, R"({"oops":{"why":7}})");
  EXPECT_TRUE(parse_http_error("{}").empty());
}

TEST(HttpErrorBody, IsQuotedWhereItIsNoJson) {
  EXPECT_EQ(parse_http_error("").message, "");
  EXPECT_EQ(parse_http_error("Slow down,\n please").message, "Slow down, please");
  EXPECT_EQ(
      parse_http_error("<!DOCTYPE html>\n<html><head><title>Just a\nmoment...</title>").message,
      "web page: Just a moment...");
  EXPECT_EQ(parse_http_error(std::string("\x1f\x8b\0\0", 4)).message, "4 bytes of binary data");
}

}  // namespace
}  // namespace klingtext
