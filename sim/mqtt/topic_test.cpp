#include "sim/mqtt/topic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/mqtt/test_support.h"

namespace holdfast::mqtt {
namespace {

TEST(TopicName, IsNonEmptyTextWithoutWildcards) {
  for (const std::string_view good :
       {"a", "/", "a/b", "/a", "a/", "a//b", " ", "$SYS/x", "ACCOUNTS", "\xC3\xA9"}) {
    EXPECT_TRUE(is_topic_name(good)) << good;
  }
  for (const std::string_view bad : {"", "+", "#", "a/+", "a/#", "a+b", "a#", "\xFF", "a/\xED\xA0\x80"}) {
    EXPECT_FALSE(is_topic_name(bad)) << bad;
  }
  EXPECT_FALSE(is_topic_name(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_topic_name(std::string(65'535, 'x')));
  EXPECT_FALSE(is_topic_name(std::string(65'536, 'x')));
}

TEST(TopicFilter, HasItsWildcardsInWholeLevelsAndTheHashLast) {
  for (const std::string_view good : {"#", "+", "a/#", "/#", "+/#", "a/+/b", "+/+", "/+", "+/", "a", "/",
                                      "a//b", "$SYS/#", "$share/g/a", "sport/tennis/+/#"}) {
    EXPECT_TRUE(is_topic_filter(good)) << good;
  }
  for (const std::string_view bad :
       {"", "a#", "#/a", "a/#/b", "a+", "+a", "a/b+/c", "a/+b", "++", "##", "a/##", "+#", "#+", "\xC0\x80"}) {
    EXPECT_FALSE(is_topic_filter(bad)) << bad;
  }
}

struct Match {
  std::string_view filter;
  std::string_view topic;
  bool matches;
};

// The first misplaced wildcard, level by level, as section 4.7.1 puts it.
std::size_t misplaced_by_level(std::string_view filter) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = std::min(filter.find('/', begin), filter.size());
    const std::string_view level = filter.substr(begin, end - begin);
    const bool is_last = end == filter.size();
    const bool is_wildcard = level == "+" || (level == "#" && is_last);
    const std::size_t found = level.find_first_of("+#");
    if (!is_wildcard && found != std::string_view::npos) return begin + found;
    if (is_last) return filter.size();
    begin = end + 1;
  }
}

// Filters of up to 18 bytes, where the fast way for 8 to 16 bytes begins and ends.
TEST(TopicFilter, WildcardsAreJudgedAlikeAtEveryLength) {
  TestNumbers numbers(11);
  int misplaced = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string filter;
    for (std::uint32_t left = numbers.below(19); left > 0; --left)
      filter += "a/+#/a+/aaa/"[numbers.below(12)];
    const std::size_t expected = misplaced_by_level(filter);
    ASSERT_EQ(misplaced_wildcard(filter), expected) << filter;
    misplaced += expected < filter.size();
  }
  EXPECT_GT(misplaced, 50'000);
  EXPECT_LT(misplaced, 195'000);
}

TEST(Matching, FollowsTheExamplesOfTheStandard) {
  for (const Match& row : std::vector<Match>{
           {"sport/tennis/player1/#", "sport/tennis/player1", true},
           {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
           {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
           {"sport/tennis/player1/#", "sport/tennis/player2", false},
           {"sport/#", "sport", true},
           {"sport/#", "sport/", true},
           {"sport/#", "sports", false},
           {"#", "a/b/c", true},
           {"#", "/", true},
           {"sport/tennis/+", "sport/tennis/player1", true},
           {"sport/tennis/+", "sport/tennis/player1/ranking", false},
           {"sport/+", "sport", false},
           {"sport/+", "sport/", true},
           {"+/+", "/finance", true},
           {"/+", "/finance", true},
           {"+", "/finance", false},
           {"+", "finance", true},
           {"+/#", "finance", true},
           {"+/#", "/finance", true},
           {"a/+/c", "a//c", true},
           {"a/+/c", "a/b/c", true},
           {"a/+/c", "a/b/d", false},
           {"a/+/c/#", "a/b/c", true},
           {"a//c", "a/c", false},
           {"/a", "a", false},
           {"a/", "a", false},
           {"a", "a/", false},
           {"a/b", "a/b/c", false},
           {"a/b/c", "a/b", false},
           {"A", "a", false},
       }) {
    EXPECT_EQ(matches(row.filter, row.topic), row.matches) << row.filter << " | " << row.topic;
  }
}

TEST(Matching, ALeadingWildcardDoesNotReachDollarTopics) {
  EXPECT_FALSE(matches("#", "$SYS/uptime"));
  EXPECT_FALSE(matches("+/uptime", "$SYS/uptime"));
  EXPECT_FALSE(matches("+", "$SYS"));
  EXPECT_FALSE(matches("/#", "$SYS"));
  EXPECT_TRUE(matches("$SYS/#", "$SYS/uptime"));
  EXPECT_TRUE(matches("$SYS/#", "$SYS"));
  EXPECT_TRUE(matches("$SYS/+", "$SYS/uptime"));
  EXPECT_TRUE(matches("+/$SYS", "a/$SYS"));
  EXPECT_TRUE(matches("#", "a/$SYS"));
}

std::vector<std::string> levels_of(std::string_view text) {
  std::vector<std::string> levels{""};
  for (const char letter : text) {
    if (letter == '/') {
      levels.emplace_back();
    } else {
      levels.back() += letter;
    }
  }
  return levels;
}

// The rule once more, by recursion over lists of levels.
bool matches_levels(const std::vector<std::string>& filter, const std::vector<std::string>& topic,
                    std::size_t at) {
  if (at == filter.size()) return at == topic.size();
  if (filter[at] == "#") return at <= topic.size();
  if (at >= topic.size()) return false;
  return (filter[at] == "+" || filter[at] == topic[at]) && matches_levels(filter, topic, at + 1);
}

TEST(Matching, AgreesWithASecondImplementationOnGeneratedTopics) {
  static constexpr std::string_view filter_levels[] = {"", "a", "b", "+", "+", "$x"};
  static constexpr std::string_view topic_levels[] = {"", "a", "b", "$x"};
  TestNumbers numbers(6);
  int matched = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string filter(filter_levels[numbers.below(6)]);
    for (std::uint32_t left = numbers.below(4); left > 0; --left) {
      filter.append("/").append(filter_levels[numbers.below(6)]);
    }
    if (numbers.one_in(3)) filter.append("/#");
    std::string topic(topic_levels[numbers.below(4)]);
    for (std::uint32_t left = numbers.below(4); left > 0; --left) {
      topic.append("/").append(topic_levels[numbers.below(4)]);
    }
    const bool hidden = topic.starts_with('$') && filter.starts_with('+');
    const bool expected = !hidden && matches_levels(levels_of(filter), levels_of(topic), 0);
    ASSERT_EQ(matches(filter, topic), expected) << filter << " | " << topic;
    matched += expected ? 1 : 0;
  }
  EXPECT_GT(matched, 2'000);
}

TEST(SharedFilter, HasAShareNameAndAFilter) {
  const auto parts = split_shared("$share/consumer1/sport/tennis/+");
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->group, "consumer1");
  EXPECT_EQ(parts->filter, "sport/tennis/+");
  EXPECT_EQ(split_shared("$share/g//finance")->filter, "/finance");
  EXPECT_EQ(split_shared("$share/g/#")->filter, "#");
}

TEST(SharedFilter, IsRefusedWhereAPartIsInvalid) {
  for (const std::string_view bad :
       {"$share/", "$share/g", "$share/g/", "$share//a", "$share/+/a", "$share/#/a", "$share/a+/b",
        "$share/g/a#", "$share/g/#/a", "$share", "$SHARE/g/a", "a/b", "$share/\xFF/a", "share/g/a"}) {
    EXPECT_FALSE(split_shared(bad).has_value()) << bad;
  }
  EXPECT_TRUE(is_shared("$share/g"));
  EXPECT_FALSE(is_shared("$shared/g/a"));
}

}  // namespace
}  // namespace holdfast::mqtt
