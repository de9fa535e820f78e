#include "conformance/cli/replay_line.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(ReplayLineText, ParsesToTheSameLine) {
  ReplayLine line;
  line.seed = 18'446'744'073'709'551'615u;
  line.address = "mqtt5/4.4/pubrel-owed-after-cut";
  EXPECT_EQ(to_text(line), "18446744073709551615:mqtt5/4.4/pubrel-owed-after-cut");
  EXPECT_EQ(parse_replay_line(to_text(line)), line);

  line.weather = "latency=20ms..40ms chunk=1";
  line.faults = "after server:PUBREC#1 reset; at 1500ms stall server 3s";
  line.timeout_scale = 0.1;
  line.defects = {"one", "two"};
  line.variants = {"three"};
  line.steps = "a connect keep; a cut";
  EXPECT_EQ(
      to_text(line),
      "18446744073709551615:mqtt5/4.4/pubrel-owed-after-cut | net latency=20ms..40ms chunk=1 | fault after "
      "server:PUBREC#1 reset; at 1500ms stall server 3s | scale 0.1 | defect one | defect two | variant "
      "three | steps a connect keep; a cut");
  EXPECT_EQ(parse_replay_line(to_text(line)), line);
}

TEST(ReplayLineText, DoesNotMindBlanks) {
  const auto line = parse_replay_line("  7:mqtt5/4.4/a|net   chunk=1  |scale 2 ");
  ASSERT_TRUE(line.has_value()) << line.error();
  EXPECT_EQ(line->address, "mqtt5/4.4/a");
  EXPECT_EQ(line->weather, "chunk=1");
  EXPECT_EQ(line->timeout_scale, 2);
}

TEST(ReplayLineText, SaysWhatItDoesNotUnderstand) {
  for (const char* wrong : {"", "7", "7:", ":mqtt5/4.4/a", "-7:mqtt5/4.4/a", "7x:mqtt5/4.4/a",
                            "18446744073709551616:a", "7:a | net", "7:a | nett x", "7:a | scale 0",
                            "7:a | scale 101", "7:a | scale nan", "7:a | scale 2x", "7:a | | net x"}) {
    const auto line = parse_replay_line(wrong);
    ASSERT_FALSE(line.has_value()) << wrong;
    EXPECT_EQ(line.error().rfind("replay line: '", 0), 0u);
    EXPECT_EQ(line.error().find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace holdfast
