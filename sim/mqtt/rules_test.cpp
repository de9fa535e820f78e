// Goal: the tables of the code say what the tables of the standard say. Method: compare every row with
// fixtures/spec, which was written apart from the code.
#include "sim/mqtt/rules.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "sim/mqtt/property_members.h"

namespace holdfast::mqtt {
namespace {

using nlohmann::json;

json load(const std::string& name) {
  std::ifstream file(std::string(HOLDFAST_SOURCE_DIR) + "/fixtures/spec/" + name);
  EXPECT_TRUE(file.good()) << name;
  return json::parse(file);
}

std::set<std::string> requirement_ids(const std::string& name) {
  const json table = load(name);
  std::set<std::string> ids;
  for (const json& requirement : table["requirements"]) ids.insert(requirement["id"].get<std::string>());
  return ids;
}

const json& tables() {
  static const json loaded = load("mqtt-5.0-tables.json");
  return loaded;
}

PacketType place_named(const std::string& name) {
  return name == "WILL" ? will_properties : packet_type_named(name).value();
}

PacketSet packets_in(const json& names) {
  PacketSet set = 0;
  for (const json& name : names) set |= in(place_named(name.get<std::string>()));
  return set;
}

TEST(Faults, EachNamesARequirementOfItsVersionsTable) {
  const std::set<std::string> ids_v5 = requirement_ids("mqtt-5.0.json");
  const std::set<std::string> ids_v311 = requirement_ids("mqtt-3.1.1.json");
  ASSERT_GT(ids_v5.size(), 300u);
  ASSERT_GT(ids_v311.size(), 200u);
  for (const FaultRule& rule : fault_table::rows) {
    EXPECT_FALSE(rule.requirement_v5.empty() && rule.requirement_v311.empty()) << rule.what;
    if (!rule.requirement_v5.empty()) {
      EXPECT_TRUE(ids_v5.contains(std::string(rule.requirement_v5)))
          << rule.what << " " << rule.requirement_v5;
    }
    if (!rule.requirement_v311.empty()) {
      EXPECT_TRUE(ids_v311.contains(std::string(rule.requirement_v311)))
          << rule.what << " " << rule.requirement_v311;
    }
  }
}

TEST(Faults, AreToldInOneSentence) {
  for (const FaultRule& rule : fault_table::rows) {
    EXPECT_TRUE(rule.what.ends_with('.')) << rule.what;
    EXPECT_EQ(rule.what.find('.'), rule.what.size() - 1) << rule.what;
  }
}

TEST(PropertyTable, HasTheIdentifiersNamesTypesAndRangesOfTheStandard) {
  const std::map<std::string, PropertyType> types{{"byte", PropertyType::byte},
                                                  {"two byte integer", PropertyType::two_bytes},
                                                  {"four byte integer", PropertyType::four_bytes},
                                                  {"variable byte integer", PropertyType::variable},
                                                  {"UTF-8 string", PropertyType::text},
                                                  {"binary data", PropertyType::binary},
                                                  {"UTF-8 string pair", PropertyType::text_pair}};
  ASSERT_EQ(tables()["properties"].size(), rule_table::properties.size());
  for (const json& row : tables()["properties"]) {
    const PropertyRule& rule = rule_of(static_cast<PropertyId>(row["id"].get<int>()));
    EXPECT_EQ(rule.name, row["name"].get<std::string>());
    EXPECT_EQ(rule.type, types.at(row["type"])) << rule.name;
    EXPECT_EQ(rule.min, row.value("min", 0u)) << rule.name;
    if (row.contains("max") && rule.type != PropertyType::two_bytes) {
      EXPECT_EQ(rule.max, row["max"].get<std::uint32_t>()) << rule.name;
    }
    EXPECT_EQ(rule.may_repeat != 0, row["may_repeat"].get<bool>()) << rule.name;
    EXPECT_EQ(rule.may_repeat, packets_in(row["repeat_in"])) << rule.name;
  }
}

TEST(PropertyTable, AllowsAPropertyInThePacketsAndFromTheSendersOfTheStandard) {
  std::map<std::string, std::string> direction;
  for (const json& packet : tables()["packets"]) direction[packet["name"]] = packet["direction"];
  direction["WILL"] = "client to server";
  for (const json& row : tables()["properties"]) {
    const PropertyRule& rule = rule_of(static_cast<PropertyId>(row["id"].get<int>()));
    PacketSet from_client = 0;
    PacketSet from_server = 0;
    for (const json& name_value : row["packets"]) {
      const auto name = name_value.get<std::string>();
      json senders = json::array();
      if (direction.at(name) != "server to client") senders.push_back("client");
      if (direction.at(name) != "client to server") senders.push_back("server");
      if (row.contains("senders")) senders = row["senders"][name];
      for (const json& sender : senders) {
        (sender == "client" ? from_client : from_server) |= in(place_named(name));
      }
    }
    EXPECT_EQ(rule.from_client, from_client) << rule.name;
    EXPECT_EQ(rule.from_server, from_server) << rule.name;
  }
}

TEST(PropertyTable, EveryPropertyHasOneMember) {
  std::vector<PropertyId> members;
  Properties properties;
  for_each_property(properties, [&](PropertyId id, auto&) { members.push_back(id); });
  std::vector<PropertyId> rows;
  for (const PropertyRule& rule : rule_table::properties) rows.push_back(rule.id);
  EXPECT_EQ(members, rows);
}

TEST(PacketTable, HasTheNamesFlagsAndDirectionsOfTheStandard) {
  for (const json& row : tables()["packets"]) {
    const PacketRule& rule = rule_of(static_cast<PacketType>(row["type"].get<int>()));
    EXPECT_EQ(static_cast<int>(rule.type), row["type"].get<int>());
    EXPECT_EQ(rule.name, row["name"].get<std::string>());
    if (rule.type != PacketType::publish) {
      const int first_byte = std::stoi(row["first_byte"].get<std::string>(), nullptr, 16);
      EXPECT_EQ(static_cast<int>(rule.type) << 4 | rule.flags, first_byte) << rule.name;
    }
    const auto direction = row["direction"].get<std::string>();
    EXPECT_EQ(rule.client_v5, direction != "server to client") << rule.name;
    EXPECT_EQ(rule.server_v5, direction != "client to server") << rule.name;
  }
}

TEST(PacketTable, PropertiesOfAPacketAgreeWithItsOwnRow) {
  for (const json& row : tables()["packets"]) {
    const PacketType type = place_named(row["name"]);
    std::set<int> allowed;
    for (const PropertyRule& rule : rule_table::properties) {
      if (((rule.from_client | rule.from_server) & in(type)) != 0) allowed.insert(static_cast<int>(rule.id));
    }
    EXPECT_EQ(allowed, row["properties"].get<std::set<int>>()) << row["name"];
  }
}

TEST(ReasonTable, HasTheCodesNamesAndPacketsOfTheStandard) {
  ASSERT_EQ(tables()["reason_codes"].size(), rule_table::reasons.size());
  for (std::size_t i = 0; i < rule_table::reasons.size(); ++i) {
    const json& row = tables()["reason_codes"][i];
    const ReasonRule& rule = rule_table::reasons[i];
    EXPECT_EQ(static_cast<int>(rule.code), row["code"].get<int>());
    EXPECT_EQ(rule.name, row["name"].get<std::string>());
    EXPECT_EQ(rule.from_client | rule.from_server, packets_in(row["packets"])) << rule.name;
    EXPECT_EQ(is_error(rule.code), row["error"].get<bool>()) << rule.name;
  }
}

TEST(ReasonTable, CodesOfDisconnectAreForTheSendersOfTheStandard) {
  for (const json& row : tables()["reason_codes"]) {
    if (!row.contains("disconnect_sender")) continue;
    const auto code = row["code"].get<std::uint8_t>();
    const auto sender = row["disconnect_sender"].get<std::string>();
    EXPECT_EQ(may_carry(PacketType::disconnect, Sender::server, code), sender != "client") << row;
    // 3.3.4 lets a client use 0x9B as well, for a message above the QoS that it asked for.
    const bool from_client = sender != "server" || code == 0x9B;
    EXPECT_EQ(may_carry(PacketType::disconnect, Sender::client, code), from_client) << row;
  }
}

TEST(ReasonTable, CodesOfAuthAreForTheirSenders) {
  EXPECT_TRUE(may_carry(PacketType::auth, Sender::server, 0x00));
  EXPECT_FALSE(may_carry(PacketType::auth, Sender::client, 0x00));
  EXPECT_TRUE(may_carry(PacketType::auth, Sender::client, 0x18));
  EXPECT_TRUE(may_carry(PacketType::auth, Sender::server, 0x18));
  EXPECT_TRUE(may_carry(PacketType::auth, Sender::client, 0x19));
  EXPECT_FALSE(may_carry(PacketType::auth, Sender::server, 0x19));
}

TEST(Names, PacketTypesAreFoundWhateverTheirCase) {
  EXPECT_EQ(packet_type_named("PUBREL"), PacketType::pubrel);
  EXPECT_EQ(packet_type_named("pubRel"), PacketType::pubrel);
  EXPECT_EQ(packet_type_named("auth"), PacketType::auth);
  EXPECT_EQ(packet_type_named("RESERVED"), std::nullopt);
  EXPECT_EQ(packet_type_named("PUBRE"), std::nullopt);
  EXPECT_EQ(packet_type_named("PUBRELX"), std::nullopt);
  EXPECT_EQ(packet_type_named(""), std::nullopt);
  EXPECT_EQ(name_of(PacketType::reserved), "RESERVED");
}

TEST(Names, ReasonCodesDependOnPacketAndVersion) {
  using enum PacketType;
  const auto name = [](int code, PacketType packet, Version version) {
    return name_of(static_cast<ReasonCode>(code), packet, version);
  };
  EXPECT_EQ(name(0x8E, disconnect, Version::v5), "Session taken over");
  EXPECT_EQ(name(0x00, disconnect, Version::v5), "Normal disconnection");
  EXPECT_EQ(name(0x00, suback, Version::v5), "Granted QoS 0");
  EXPECT_EQ(name(0x00, puback, Version::v5), "Success");
  EXPECT_EQ(name(0x93, puback, Version::v5), "Receive Maximum exceeded");  // not allowed there, but meant
  EXPECT_EQ(name(0x01, connack, Version::v5), "unknown reason code");
  EXPECT_EQ(name(0xFF, connack, Version::v5), "unknown reason code");
  EXPECT_EQ(name(0x01, connack, Version::v3_1_1), "Unacceptable protocol version");
  EXPECT_EQ(name(0x05, connack, Version::v3_1_1), "Not authorized");
  EXPECT_EQ(name(0x06, connack, Version::v3_1_1), "unknown reason code");
  EXPECT_EQ(name(0x80, suback, Version::v3_1_1), "Failure");
  EXPECT_EQ(name(0x03, suback, Version::v3_1_1), "unknown reason code");
}

}  // namespace
}  // namespace holdfast::mqtt
