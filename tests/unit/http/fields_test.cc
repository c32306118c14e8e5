// Fields are found in the lines as they came.
#include "net/http/fields.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace net::http {
namespace {

const Fields kFields(
    "Host: example.org\r\n"
    "Accept:text/html , */*;q=0.8\r\n"
    "X-Empty:\r\n"
    "X-Spaces: \t \r\n"
    "X: \tone  two\t \r\n"
    "accept: image/png\r\n"
    "Connection: Keep-Alive, ,Upgrade\r\n"
    "Hosts: no\r\n");

TEST(FieldsTest, AreFoundByNamesInAnyCase) {
  EXPECT_EQ(kFields.get("Host"), "example.org");
  EXPECT_EQ(kFields.get("hOST"), "example.org");
  EXPECT_EQ(kFields.get("X"), "one  two");
  EXPECT_EQ(kFields.get("hosts"), "no");
}

TEST(FieldsTest, TheFirstOfANameCounts) { EXPECT_EQ(kFields.get("Accept"), "text/html , */*;q=0.8"); }

TEST(FieldsTest, AnEmptyOneIsThere) {
  EXPECT_EQ(kFields.get("X-Empty"), "");
  EXPECT_TRUE(kFields.contains("x-empty"));
  EXPECT_EQ(kFields.get("X-Spaces"), "");
  EXPECT_TRUE(kFields.contains("X-Spaces"));
}

TEST(FieldsTest, PartsOfNamesAreNoNames) {
  for (std::string_view name :
       {"Hos", "ost", "Host:", "Host: example.org", "", " Host", "example.org", "one"}) {
    EXPECT_FALSE(kFields.contains(name)) << name;
    EXPECT_EQ(kFields.get(name), "") << name;
    EXPECT_FALSE(kFields.has_member(name, "")) << name;
  }
}

TEST(FieldsTest, MembersAreFoundInAllFieldsOfAName) {
  EXPECT_TRUE(kFields.has_member("Accept", "TEXT/html"));
  EXPECT_TRUE(kFields.has_member("Accept", "image/png"));
  EXPECT_TRUE(kFields.has_member("Connection", "keep-alive"));
  EXPECT_TRUE(kFields.has_member("connection", "upgrade"));
  EXPECT_FALSE(kFields.has_member("Connection", "close"));
  EXPECT_FALSE(kFields.has_member("Connection", "keep"));
  EXPECT_FALSE(kFields.has_member("Connection", ""));
  EXPECT_FALSE(kFields.has_member("X-Empty", ""));
}

TEST(FieldsTest, ParametersOfMembersDoNotCount) {
  EXPECT_TRUE(kFields.has_member("Accept", "*/*"));
  EXPECT_FALSE(kFields.has_member("Accept", "*/*;q=0.8"));
  EXPECT_TRUE(Fields("A: gzip ; q=1\r\n").has_member("A", "gzip"));
}

TEST(FieldsTest, AreGoneThroughInTheirOrder) {
  std::vector<std::string> all;
  for (Field field : kFields) all.push_back(std::string(field.name).append("=").append(field.value));
  EXPECT_EQ(all, std::vector<std::string>({"Host=example.org", "Accept=text/html , */*;q=0.8",
                                           "X-Empty=", "X-Spaces=", "X=one  two", "accept=image/png",
                                           "Connection=Keep-Alive, ,Upgrade", "Hosts=no"}));
}

TEST(FieldsTest, NoneAtAll) {
  Fields none;
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none.begin() == none.end());
  EXPECT_FALSE(none.contains("Host"));
  EXPECT_FALSE(none.has_member("Connection", "close"));
  EXPECT_FALSE(kFields.empty());
}

TEST(FieldsTest, AValueMayBeginWithAColon) { EXPECT_EQ(Fields("X::y\r\n").get("X"), ":y"); }

}  // namespace
}  // namespace net::http
