// What a server passes on with a message (5.0): sections 3.3.2.3.2 and 3.3.2.3.5 to 3.3.2.3.9. Each property
// live, from the queue of an absent client, and from the retained messages.
#include <fmt/format.h>

#include "conformance/suites/steps.h"
#include "conformance/suites/suites.h"

namespace holdfast {
namespace {

enum class Route { live, queued, retained };

struct PassedOn {
  const char* slug;
  const char* title;
  const char* section;
  std::vector<std::string> ids;
  bool is_should;  // interpretation D-20: present but empty
  mqtt::Properties properties;
};

// Only what this case gave to the message; what the server owes besides (identifiers, expiry) is others'.
mqtt::Properties of_publisher(const mqtt::Properties& got) {
  mqtt::Properties kept;
  kept.payload_format_indicator = got.payload_format_indicator;
  kept.content_type = got.content_type;
  kept.response_topic = got.response_topic;
  kept.correlation_data = got.correlation_data;
  kept.user_properties = got.user_properties;
  // Absent and 0 mean the same (section 3.3.2.3.2).
  if (kept.payload_format_indicator == 0) kept.payload_format_indicator.reset();
  return kept;
}

Task<void> passes_on(Context& t, PassedOn row, Route route) {
  const std::string topic = t.topic("a");
  Client& client = t.client("sub");
  Client& pub = *co_await publisher(t);
  co_await t.connected(client, t.keeping());
  mqtt::Publish publish = message(topic, "m", 1);
  publish.properties = row.properties;
  if (route == Route::retained) {
    publish.retain = true;
    co_await t.published(pub, publish);
    co_await t.subscribed(client, topic, 1);
  } else {
    co_await t.subscribed(client, topic, 1);
    co_await t.published(pub, message(topic, "control", 1));
    co_await t.delivered(client, "control");
    if (route == Route::queued) co_await t.disconnected(client);
    co_await t.published(pub, publish);
    if (route == Route::queued) co_await t.connected(client, t.keeping());
  }
  auto arrived = co_await t.delivered(client, "m");
  const mqtt::Properties wanted = of_publisher(row.properties);
  const bool is_same = of_publisher(arrived.properties) == wanted;
  const std::string expected = "the properties exactly as they were published";
  if (row.is_should) {
    t.should(is_same, row.ids.front(), expected, seen(t, arrived), "D-20");
  } else {
    t.must(is_same, row.ids.front(), expected, seen(t, arrived));
    for (const std::string& same : row.ids) t.also_judges({same});
  }
  if (route == Route::retained) co_await t.published(pub, retained(topic, "", 1));
  co_await t.fenced(client);
}

std::vector<PassedOn> rows_passed_on() {
  mqtt::Properties format_1;
  format_1.payload_format_indicator = 1;
  mqtt::Properties format_0;
  format_0.payload_format_indicator = 0;
  format_0.content_type = "application/octet-stream";
  mqtt::Properties response;
  response.response_topic = "hf/answers/to/me";
  response.correlation_data = std::string("\0\xFF\x01 \0", 5);
  mqtt::Properties long_data;
  long_data.response_topic = "hf/answers";
  for (int i = 0; i < 600; ++i) {
    if (!long_data.correlation_data) long_data.correlation_data = std::string();
    *long_data.correlation_data += static_cast<char>(i * 7 % 256);
  }
  mqtt::Properties users;
  users.user_properties = {{"b", "1"}, {"a", "2"}, {"b", "3"}, {"", "no name"}, {"no value", ""}, {"a", "2"}};
  mqtt::Properties type;
  type.content_type = "application/vnd.holdfast+json; charset=utf-8";
  mqtt::Properties empty;
  empty.content_type = "";
  empty.correlation_data = "";
  return {
      {"payload-format-1",
       "Payload Format Indicator 1 is passed on",
       "3.3.2.3.2",
       {"MQTT-3.3.2-4"},
       false,
       format_1},
      {"payload-format-0",
       "Payload Format Indicator 0 does not become 1",
       "3.3.2.3.2",
       {"MQTT-3.3.2-4"},
       false,
       format_0},
      {"response-topic",
       "Response Topic and Correlation Data are passed on",
       "3.3.2.3.5",
       {"MQTT-3.3.2-15", "MQTT-3.3.2-16"},
       false,
       response},
      {"correlation-data",
       "Correlation Data of 600 bytes with every value is passed on",
       "3.3.2.3.6",
       {"MQTT-3.3.2-16"},
       false,
       long_data},
      {"user-properties",
       "User Properties are passed on in their order, repeated and empty ones too",
       "3.3.2.3.7",
       {"MQTT-3.3.2-17", "MQTT-3.3.2-18"},
       false,
       users},
      {"content-type", "Content Type is passed on", "3.3.2.3.9", {"MQTT-3.3.2-20"}, false, type},
      {"empty-properties",
       "An empty Content Type and empty Correlation Data are passed on",
       "3.3.2.3.6",
       {"HF-5.0-E30"},
       true,
       empty},
  };
}

}  // namespace

void register_message_properties(Registry& registry) {
  const struct {
    const char* suffix;
    const char* procedure;
    Route route;
  } routes[] = {{"live", "Publish at QoS 1 to a client that is connected.", Route::live},
                {"queued", "Publish at QoS 1 while the subscriber is away, resume.", Route::queued},
                {"retained", "Publish a retained message at QoS 1, subscribe.", Route::retained}};
  for (const PassedOn& row : rows_passed_on()) {
    for (const auto& route : routes) {
      CaseDescription description{
          .slug = fmt::format("{}-{}", row.slug, route.suffix),
          .title = fmt::format("{} ({})", row.title, route.suffix),
          .v5 = {row.section, row.ids},
          .procedure = route.procedure,
          .control = "The message itself arrives.",
          .needs = {Need::qos_1},
          .tags = {"properties", route.suffix},
          .variants = {"properties-any-order"},
          .run = [row, way = route.route](Context& t) { return passes_on(t, row, way); }};
      if (route.route == Route::retained) description.needs.push_back(Need::retain);
      if (row.is_should) description.level = Level::should;
      if (row.is_should) description.interpretations = {"D-20"};
      registry.add(std::move(description));
    }
  }
}

}  // namespace holdfast
