// The grammar of faults: what is written parses to what was meant, and what is wrong is named.
#include "sim/net/fault.h"

#include <gtest/gtest.h>

#include "sim/net/words.h"
#include "sim/time/draws.h"

namespace holdfast {
namespace {

using mqtt::PacketType;
using mqtt::Sender;
using Where = AtPacket::Where;

Fault parsed(std::string_view text) {
  const auto fault = parse_fault(text);
  EXPECT_TRUE(fault.has_value()) << text << ": " << (fault ? "" : fault.error());
  return fault.value_or(Fault{});
}

std::string error_of(std::string_view text) {
  const auto fault = parse_fault(text);
  return fault ? "no error: " + to_text(*fault) : fault.error();
}

TEST(FaultGrammar, EveryTrigger) {
  EXPECT_EQ(parsed("after server:PUBREC#1 reset"),
            (Fault{.trigger = AtPacket{Where::after, 0, Sender::server, PacketType::pubrec, 1},
                   .action = FaultAction::reset}));
  EXPECT_EQ(parsed("before client:PUBACK#2 cut"),
            (Fault{.trigger = AtPacket{Where::before, 0, Sender::client, PacketType::puback, 2},
                   .action = FaultAction::cut}));
  EXPECT_EQ(parsed("byte 5 of server:PUBLISH half-open"),
            (Fault{.trigger = AtPacket{Where::byte, 5, Sender::server, PacketType::publish, 1},
                   .action = FaultAction::half_open}));
  EXPECT_EQ(parsed("at server+120 cut"),
            (Fault{.trigger = AtByte{Sender::server, 120}, .action = FaultAction::cut}));
  EXPECT_EQ(parsed("at client+0 cut"),
            (Fault{.trigger = AtByte{Sender::client, 0}, .action = FaultAction::cut}));
  EXPECT_EQ(parsed("at 1500ms cut"), (Fault{.trigger = AtTime{1500ms}, .action = FaultAction::cut}));
  EXPECT_EQ(parsed("at opening cut"), (Fault{.trigger = AtOpening{}, .action = FaultAction::cut}));
  EXPECT_EQ(parsed("refuse"), (Fault{.trigger = AtOpening{}, .action = FaultAction::refuse}));
  EXPECT_EQ(parsed("at opening refuse"), parsed("refuse"));
}

TEST(FaultGrammar, EveryAction) {
  EXPECT_EQ(parsed("at 0s stall 3s"),
            (Fault{.trigger = AtTime{}, .action = FaultAction::stall, .duration = 3s}));
  EXPECT_EQ(
      parsed("at 0s stall server 3s"),
      (Fault{.trigger = AtTime{}, .action = FaultAction::stall, .stops_client = false, .duration = 3s}));
  EXPECT_EQ(parsed("at 0s blackhole client"),
            (Fault{.trigger = AtTime{}, .action = FaultAction::blackhole, .stops_server = false}));
  EXPECT_EQ(parsed("at 0s blackhole"), (Fault{.trigger = AtTime{}, .action = FaultAction::blackhole}));
}

TEST(FaultGrammar, Targets) {
  EXPECT_EQ(parsed("a: refuse").client, "a");
  EXPECT_EQ(parsed("a: refuse").connection, 0u);
  EXPECT_EQ(parsed("sub-1/x#12: refuse").client, "sub-1/x");
  EXPECT_EQ(parsed("sub-1/x#12: refuse").connection, 12u);
  EXPECT_EQ(parsed("#2: refuse").client, "");
  EXPECT_EQ(parsed("#2: refuse").connection, 2u);
  EXPECT_EQ(parsed("a:refuse"), parsed("a: refuse"));
  EXPECT_EQ(parsed("  a#2:\tat 1s  cut\n"), parsed("a#2: at 1s cut"));
  EXPECT_EQ(parsed("client: after client:PUBLISH cut").client, "client");
}

TEST(FaultGrammar, CanonicalText) {
  const auto canonical = [](std::string_view text) { return to_text(parsed(text)); };
  EXPECT_EQ(canonical(" after  server:pubrec   reset "), "after server:PUBREC#1 reset");
  EXPECT_EQ(canonical("a:at opening refuse"), "a: refuse");
  EXPECT_EQ(canonical("at 2000ms stall 60s"), "at 2s stall 1m");
  EXPECT_EQ(canonical("at 1500ms cut"), "at 1500ms cut");
  EXPECT_EQ(canonical("at 0ms cut"), "at 0s cut");
  EXPECT_EQ(canonical("#02: byte 007 of client:CONNECT#01 half-open"),
            "#2: byte 7 of client:CONNECT#1 half-open");
  EXPECT_EQ(canonical("at server+0 blackhole server"), "at server+0 blackhole server");
}

TEST(FaultGrammar, ErrorsNameTheWordAndWhatWasExpected) {
  EXPECT_EQ(error_of("after servr:PUBREC#1 reset"), "\"servr\": expected client or server");
  EXPECT_EQ(error_of("after server:PUBREK#1 reset"),
            "\"PUBREK\": expected a packet type such as PUBLISH or PUBREC");
  EXPECT_EQ(error_of("after server:RESERVED cut"),
            "\"RESERVED\": expected a packet type such as PUBLISH or PUBREC");
  EXPECT_EQ(error_of("after PUBREC cut"),
            "\"PUBREC\": expected a packet such as server:PUBREC or client:PUBLISH#2");
  EXPECT_EQ(error_of("after server:PUBREC#0 cut"), "\"server:PUBREC#0\": expected a number from 1 behind #");
  EXPECT_EQ(error_of("after server:PUBREC# cut"), "\"server:PUBREC#\": expected a number from 1 behind #");
  EXPECT_EQ(error_of("after server:PUBREC#4294967296 cut"),
            "\"server:PUBREC#4294967296\": expected a number from 1 behind #");
  EXPECT_EQ(error_of("byte 0 of server:PUBLISH cut"), "\"0\": expected a number of bytes from 1");
  EXPECT_EQ(error_of("byte -1 of server:PUBLISH cut"), "\"-1\": expected a number of bytes from 1");
  EXPECT_EQ(error_of("byte 99999999999999999999999 of server:PUBLISH cut"),
            "\"99999999999999999999999\": expected a number of bytes from 1");
  EXPECT_EQ(error_of("byte 5 server:PUBLISH cut"), "\"server:PUBLISH\": expected of");
  EXPECT_EQ(error_of("at 5 cut"),
            "\"5\": expected opening, a duration such as 1500ms, or an offset such as server+120");
  EXPECT_EQ(error_of("at server+x cut"), "\"server+x\": expected a number of bytes behind +");
  EXPECT_EQ(error_of("at server+18446744073709551616 cut"),
            "\"server+18446744073709551616\": expected a number of bytes behind +");
  EXPECT_EQ(error_of("at 1s refuse"),
            "\"refuse\": expected another action, because a connection is refused only as it opens");
  EXPECT_EQ(error_of("at 1s stall"), "end of text: expected a duration longer than 0, such as 3s");
  EXPECT_EQ(error_of("at 1s stall 0s"), "\"0s\": expected a duration longer than 0, such as 3s");
  EXPECT_EQ(error_of("at 1s stall both 3s"), "\"both\": expected a duration longer than 0, such as 3s");
  EXPECT_EQ(error_of("at 1s"), "end of text: expected refuse, cut, reset, half-open, stall or blackhole");
  EXPECT_EQ(error_of("at 1s explode"),
            "\"explode\": expected refuse, cut, reset, half-open, stall or blackhole");
  EXPECT_EQ(error_of("at 1s cut now"), "\"now\": expected nothing more");
  EXPECT_EQ(
      error_of("cut"),
      "\"cut\": expected before, after, byte, at, or refuse, perhaps behind a client such as a: or a#2:");
  EXPECT_EQ(
      error_of(""),
      "end of text: expected before, after, byte, at, or refuse, perhaps behind a client such as a: or a#2:");
  EXPECT_EQ(error_of("a#0: refuse"),
            "\"a#0\": expected a client's name, perhaps with #n for its n-th connection");
  EXPECT_EQ(error_of(": refuse"),
            "end of text: expected a client's name, perhaps with #n for its n-th connection");
}

TEST(FaultGrammar, SeveralAreSeparatedBySemicolons) {
  EXPECT_TRUE(parse_faults(" \n")->empty());
  const auto faults = parse_faults("a#1: refuse;after server:PUBREC reset ; at 1s cut");
  ASSERT_TRUE(faults.has_value()) << faults.error();
  ASSERT_EQ(faults->size(), 3u);
  EXPECT_EQ(to_text(*faults), "a#1: refuse; after server:PUBREC#1 reset; at 1s cut");
  EXPECT_EQ(*parse_faults(to_text(*faults)), *faults);
  EXPECT_EQ(to_text(std::vector<Fault>{}), "");
  EXPECT_TRUE(parse_faults("refuse;").error().starts_with("end of text: expected before"));
  EXPECT_TRUE(parse_faults("refuse;;refuse").error().starts_with("end of text: expected before"));
}

// Any text gives a fault or one printable line, and nothing else happens.
TEST(FaultGrammar, HostileTextGivesOneLine) {
  const std::string long_word(1 << 20, 'x');
  const std::string long_number(1 << 20, '9');
  std::vector<std::string> texts{
      std::string("at 1s c\0t", 9),
      std::string(1, '\0'),
      "\xFF\xFE\n",
      long_word,
      long_word + ": refuse",
      "at " + long_number + "s cut",
      "after server:PUBREC#" + long_number + " cut",
      "byte " + long_number + " of server:PUBREC cut",
      std::string(1 << 20, ' '),
      std::string(1 << 20, ':'),
      "at 9223372036854775807ns cut",
      "at 99999999h cut",
  };
  for (const std::string& text : texts) {
    const auto fault = parse_fault(text);
    if (fault) {
      EXPECT_EQ(parse_fault(to_text(*fault)), fault);
      continue;
    }
    EXPECT_LT(fault.error().size(), 300u);
    for (const char c : fault.error()) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << fault.error();
  }
}

TEST(FaultGrammar, RandomTextsOfItsOwnWordsNeverSurprise) {
  const std::vector<std::string_view> words{
      "a:",     "a#2:",   "at",       "before", "after",  "byte",  "of",  "5",
      "client", "server", "refuse",   "cut",    "reset",  "stall", "3s",  ";",
      "#",      ":",      "server+1", "+",      "PUBACK", "",      "1ms", "server:PUBACK#1"};
  RandomDraws draws(11, "words");
  std::size_t understood = 0;
  for (int run = 0; run < 20'000; ++run) {
    std::string text;
    for (std::uint64_t count = draws.between(0, 6); count > 0; --count) {
      text += words[draws.below(words.size())];
      if (draws.chance(4, 5)) text += ' ';
    }
    const auto faults = parse_faults(text);
    if (!faults) continue;
    understood += faults->size();
    ASSERT_EQ(parse_faults(to_text(*faults)), faults) << text;
  }
  EXPECT_GT(understood, 100u) << "the words are no good";
}

Fault draw_fault(Draws& draws) {
  Fault fault;
  const auto sender = [&] { return draws.chance(1, 2) ? Sender::client : Sender::server; };
  const auto number = [&](std::uint64_t low, std::uint64_t high) {
    return draws.chance(1, 4) ? high : draws.between(low, std::min<std::uint64_t>(high, 1000));
  };
  const auto duration = [&](std::uint64_t low) {
    const std::uint64_t units[] = {1, 1000, 1'000'000, 1'000'000'000, 60'000'000'000, 3'600'000'000'000};
    return draws.chance(1, 8)
               ? duration_max
               : Duration(static_cast<std::int64_t>(draws.between(low, 99) * units[draws.below(6)]));
  };
  const std::string_view names[] = {"", "a", "client", "at", "refuse", "mqtt5/4.4/x", "caf\xC3\xA9"};
  fault.client = names[draws.below(std::size(names))];
  fault.connection = draws.chance(1, 2) ? 0 : static_cast<std::uint32_t>(number(1, UINT32_MAX));
  switch (draws.below(4)) {
    case 0: {
      AtPacket at;
      at.where = static_cast<Where>(draws.below(3));
      if (at.where == Where::byte) at.byte = static_cast<std::uint32_t>(number(1, UINT32_MAX));
      at.sender = sender();
      at.type = static_cast<PacketType>(draws.between(1, 15));
      at.ordinal = static_cast<std::uint32_t>(number(1, UINT32_MAX));
      fault.trigger = at;
      break;
    }
    case 1:
      fault.trigger = AtByte{sender(), number(0, UINT64_MAX)};
      break;
    case 2:
      fault.trigger = AtTime{duration(0)};
      break;
    default:
      fault.trigger = AtOpening{};
  }
  const bool opens = std::holds_alternative<AtOpening>(fault.trigger);
  fault.action = static_cast<FaultAction>(draws.between(opens ? 0 : 1, 5));
  if (fault.action == FaultAction::stall || fault.action == FaultAction::blackhole) {
    const std::uint64_t which = draws.below(3);
    fault.stops_client = which != 1;
    fault.stops_server = which != 2;
  }
  if (fault.action == FaultAction::stall) fault.duration = duration(1);
  return fault;
}

TEST(FaultGrammar, EveryFaultParsesBackFromItsText) {
  RandomDraws draws(5, "faults");
  for (int run = 0; run < 50'000; ++run) {
    const Fault fault = draw_fault(draws);
    ASSERT_TRUE(is_valid(fault));
    const std::string text = to_text(fault);
    const auto again = parse_fault(text);
    ASSERT_TRUE(again.has_value()) << text << ": " << again.error();
    ASSERT_EQ(*again, fault) << text;
    ASSERT_EQ(to_text(*again), text);
  }
}

TEST(FaultGrammar, PartsThatDoNotFitAreInvalid) {
  EXPECT_FALSE(is_valid({.trigger = AtTime{1s}, .action = FaultAction::refuse}));
  EXPECT_FALSE(is_valid({.action = FaultAction::stall}));
  EXPECT_FALSE(is_valid({.action = FaultAction::stall, .duration = -1s}));
  EXPECT_FALSE(is_valid({.action = FaultAction::cut, .duration = 1s}));
  EXPECT_FALSE(is_valid({.action = FaultAction::cut, .duration = -1s}));
  EXPECT_FALSE(is_valid({.action = FaultAction::cut, .stops_client = false}));
  EXPECT_FALSE(is_valid({.action = FaultAction::blackhole, .stops_client = false, .stops_server = false}));
  EXPECT_FALSE(is_valid({.trigger = AtTime{-1s}}));
  EXPECT_FALSE(is_valid({.trigger = AtPacket{.ordinal = 0}}));
  EXPECT_FALSE(is_valid({.trigger = AtPacket{.where = Where::byte}}));
  EXPECT_FALSE(is_valid({.trigger = AtPacket{.where = Where::after, .byte = 1}}));
  EXPECT_FALSE(is_valid({.trigger = AtPacket{.type = PacketType::reserved}}));
  for (const char* name : {"a b", "a:", "a;b", "a#1", "a\n"})
    EXPECT_FALSE(is_valid({.client = name})) << name;
}

TEST(DurationText, RoundTripsInTheLargestWholeUnit) {
  EXPECT_EQ(duration_text(150ms), "150ms");
  EXPECT_EQ(duration_text(2s), "2s");
  EXPECT_EQ(duration_text(1500us), "1500us");
  EXPECT_EQ(duration_text(10ns), "10ns");
  EXPECT_EQ(duration_text(5min), "5m");
  EXPECT_EQ(duration_text(24h), "24h");
  EXPECT_EQ(duration_text(0ns), "0s");
  for (const char* text : {"150ms", "2s", "1500us", "10ns", "5m", "24h", "0s"}) {
    EXPECT_EQ(duration_text(parse_duration(text).value()), text);
  }
  for (const char* text : {"", "5", "s", "1.5s", "-1s", "+1s", "1 s", "1S", "1sec", "0x1s", "87601h",
                           "99999999999999999999s", "315360000001ms"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
  EXPECT_EQ(parse_duration("87600h"), duration_max);
}

}  // namespace
}  // namespace holdfast
