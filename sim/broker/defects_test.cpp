// The catalogues of defects and variants: complete, visible, and survivable.
#include "sim/broker/defects.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "sim/broker/script.h"
#include "sim/broker/variants.h"
#include "sim/time/draws.h"

namespace holdfast::broker {
namespace {

bool is_kebab_case(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
}

TEST(Catalogue, HasEveryDefectInItsPlace) {
  std::set<std::string_view> names;
  for (std::size_t place = 0; place < defect_catalogue().size(); ++place) {
    const DefectInfo& info = defect_catalogue()[place];
    EXPECT_EQ(static_cast<std::size_t>(info.defect), place);
    EXPECT_TRUE(is_kebab_case(info.name)) << info.name;
    EXPECT_FALSE(info.sentence.empty() || info.requirements.empty()) << info.name;
    EXPECT_EQ(defect_named(info.name), info.defect);
    names.insert(info.name);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Defect::count));
  EXPECT_EQ(defect_named("no-such-defect"), std::nullopt);
}

// fixtures/defects.md has a row for each public issue that the catalogue names, with the defects that name
// it.
TEST(Catalogue, AgreesWithTheTableOfPublicIssues) {
  std::map<std::string, std::string> expected;
  for (const DefectInfo& info : defect_catalogue()) {
    std::istringstream issues{std::string(info.seen)};
    for (std::string issue; issues >> issue;) {
      std::string& names = expected[issue];
      names += fmt::format("{}`{}`", names.empty() ? "" : ", ", info.name);
    }
  }
  EXPECT_GT(expected.size(), 60u);
  std::ifstream file(std::string(HOLDFAST_SOURCE_DIR) + "/fixtures/defects.md");
  std::map<std::string, std::string> rows;
  bool is_seeded = true;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## Not seeded")) is_seeded = false;
    const std::size_t hash = line.find('#');
    const std::size_t end = line.find(" | ", 2);
    if (!line.starts_with("| ") || hash > end || end == line.npos || !is_seeded) continue;
    rows[line.substr(2, end - 2)] = line.substr(end + 3, line.size() - end - 5);
  }
  EXPECT_EQ(rows, expected);
}

TEST(Catalogue, HasEveryVariantInItsPlace) {
  std::set<std::string_view> names;
  for (std::size_t place = 0; place < variant_catalogue().size(); ++place) {
    const VariantInfo& info = variant_catalogue()[place];
    EXPECT_EQ(static_cast<std::size_t>(info.variant), place);
    EXPECT_TRUE(is_kebab_case(info.name)) << info.name;
    EXPECT_FALSE(info.sentence.empty() || info.citation.empty()) << info.name;
    EXPECT_EQ(variant_named(info.name), info.variant);
    names.insert(info.name);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Variant::count));
  EXPECT_EQ(variant_named("no-such-variant"), std::nullopt);
}

// Whether such a broker can be told from the plain one by what goes over the wire.
bool shows(Defects defects, Variants variants) {
  static const std::vector<Conversation> all = [] {
    std::vector<Conversation> both = conversations();
    std::vector<Conversation> messages = message_conversations();
    for (Conversation& conversation : messages) both.push_back(std::move(conversation));
    return both;
  }();
  static const auto plain = [] {
    std::vector<std::vector<std::string>> transcripts;
    for (const Conversation& conversation : all) transcripts.push_back(transcript_of(conversation, {}, {}));
    return transcripts;
  }();
  for (std::size_t number = 0; number < all.size(); ++number) {
    if (transcript_of(all[number], defects, variants) != plain[number]) return true;
  }
  return false;
}

TEST(Conversations, AreDeterministic) { EXPECT_FALSE(shows({}, {})); }

TEST(Defects, EachShowsOnTheWire) {
  for (const DefectInfo& info : defect_catalogue()) {
    EXPECT_TRUE(shows({info.defect}, {})) << info.name;
  }
}

TEST(Variants, EachShowsOnTheWire) {
  for (const VariantInfo& info : variant_catalogue()) {
    EXPECT_TRUE(shows({}, {info.variant})) << info.name;
  }
}

// Some clients that do whatever comes to mind.
class RandomConversation {
 public:
  RandomConversation(BrokerSettings settings, std::uint64_t seed)
      : draws_(seed, "conversation"), script_(std::move(settings)) {}

  std::vector<std::string> run(int steps) {
    for (const std::string& name : names_) script_.connect(name, some_connect(name));
    for (int step = 0; step < steps; ++step) act();
    script_.pass(300s);
    return script_.transcript();
  }

 private:
  mqtt::Connect some_connect(const std::string& name) {
    const bool is_old = name.starts_with('o');
    const std::string id = draws_.chance(1, 5) ? "a" : name;
    mqtt::Connect connect =
        is_old ? v3_connect(id, draws_.chance(1, 3))
               : v5_connect(id, static_cast<std::uint32_t>(draws_.below(3) * 20), draws_.chance(1, 4));
    connect.keep_alive = draws_.chance(1, 4) ? 5 : 0;
    if (draws_.chance(1, 3)) {
      connect.will = will_message(topic(), "alas", is_old ? 0 : static_cast<std::uint32_t>(draws_.below(30)));
    }
    if (!is_old && draws_.chance(1, 3)) connect.properties.receive_maximum = 2;
    if (!is_old && draws_.chance(1, 5)) connect.properties.maximum_packet_size = 40;
    return connect;
  }

  std::string topic() { return std::string(1, static_cast<char>('a' + draws_.below(3))); }
  std::uint16_t id() { return static_cast<std::uint16_t>(1 + draws_.below(6)); }
  std::uint8_t qos() { return static_cast<std::uint8_t>(draws_.below(3)); }

  mqtt::Packet some_packet() {
    switch (draws_.below(10)) {
      case 0:
        return mqtt::Puback{.packet_id = id()};
      case 1:
        return mqtt::Pubrec{.packet_id = id()};
      case 2:
        return mqtt::Pubrel{.packet_id = id()};
      case 3:
        return mqtt::Pubcomp{.packet_id = id()};
      case 4:
        return mqtt::Subscribe{.packet_id = id(), .requests = {some_request(), some_request()}};
      case 5:
        return mqtt::Unsubscribe{.packet_id = id(), .filters = {topic()}};
      case 6:
        return mqtt::Pingreq{};
      default:
        return some_publish();
    }
  }

  mqtt::SubscriptionRequest some_request() {
    const std::vector<std::string> filters{topic(), "#", "+", "$share/g/" + topic(), "a/#/b"};
    return {.filter = filters[draws_.below(filters.size())], .qos = qos()};
  }

  mqtt::Publish some_publish() {
    mqtt::Publish publish{.topic = topic(), .payload = std::string(draws_.below(40), 'x'), .qos = qos()};
    publish.retain = draws_.chance(1, 5);
    if (publish.qos > 0) {
      publish.packet_id = id();
      publish.dup = draws_.chance(1, 3);
    }
    if (draws_.chance(1, 5)) publish.properties.message_expiry_interval = 10;
    return publish;
  }

  void act() {
    const std::string& name = names_[draws_.below(names_.size())];
    switch (draws_.below(16)) {
      case 0:
      case 1:
        script_.connect(name, some_connect(name));
        return;
      case 2:
        script_.cut(name);
        return;
      case 3:
        script_.pass(std::chrono::milliseconds(draws_.below(8000)));
        return;
      case 4:
        script_.send(name, mqtt::Disconnect{.properties = {.session_expiry_interval = 10}});
        return;
      case 5:
        script_.send_raw(name, {static_cast<std::uint8_t>(draws_.below(256)), 2, 0, 1});
        return;
      case 6:
        if (draws_.chance(1, 10)) script_.broker().clear_session("a");
        if (draws_.chance(1, 30)) script_.broker().shut_down();
        return;
      default:
        script_.send(name, some_packet());
        return;
    }
  }

  RandomDraws draws_;
  Script script_;
  std::vector<std::string> names_{"a", "b", "c", "o1", "o2"};
};

TEST(RandomConversations, AreTheSameEachTime) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_EQ(RandomConversation({}, seed).run(500), RandomConversation({}, seed).run(500));
  }
}

TEST(RandomConversations, AreSurvivedWithEachDefectAndWithEachVariant) {
  for (const DefectInfo& info : defect_catalogue()) {
    RandomConversation({.defects = {info.defect}}, 7).run(400);
  }
  for (const VariantInfo& info : variant_catalogue()) {
    RandomConversation({.variants = {info.variant}}, 7).run(400);
  }
}

TEST(RandomConversations, AreSurvivedWithManyDefectsAndVariantsAtOnce) {
  RandomDraws draws(1, "sets");
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    BrokerSettings settings;
    for (const DefectInfo& info : defect_catalogue()) {
      if (draws.chance(1, 6)) settings.defects.set(info.defect);
    }
    for (const VariantInfo& info : variant_catalogue()) {
      if (draws.chance(1, 6)) settings.variants.set(info.variant);
    }
    RandomConversation(settings, seed).run(400);
  }
  BrokerSettings all;
  for (const DefectInfo& info : defect_catalogue()) all.defects.set(info.defect);
  for (const VariantInfo& info : variant_catalogue()) all.variants.set(info.variant);
  RandomConversation(all, 1).run(1000);
}

}  // namespace
}  // namespace holdfast::broker
