// Strings, Topic Names and Topic Filters outside of properties.
#include <fmt/format.h>

#include <array>

#include "sim/mqtt/vectors/vector_list.h"

namespace holdfast::mqtt {

namespace {

using F = Fault;
using namespace std::string_view_literals;

struct GoodText {
  std::string_view name;
  std::string_view text;
};

constexpr std::array good_texts{
    GoodText{"two-bytes", "\xC2\xA0"sv},
    GoodText{"last-of-two-bytes", "\xDF\xBF"sv},
    GoodText{"three-bytes", "\xE0\xA0\x80"sv},
    GoodText{"before-the-surrogates", "\xED\x9F\xBF"sv},
    GoodText{"behind-the-surrogates", "\xEE\x80\x80"sv},
    GoodText{"replacement-character", "\xEF\xBF\xBD"sv},
    GoodText{"four-bytes", "\xF0\x90\x80\x80"sv},
    GoodText{"last-plane", "\xF4\x8F\xBF\xBD"sv},
    GoodText{"byte-order-mark",
             "\xEF\xBB\xBF"
             "a"sv},
    GoodText{"blank", " "sv},
};

struct BadText {
  std::string_view name;
  std::string_view text;
  std::size_t at;  // bytes from its start to what is wrong
};

constexpr std::array ill_formed_texts{
    BadText{"lone-continuation", "a\x80"sv, 1},
    BadText{"overlong-slash", "\xC0\xAF"sv, 0},
    BadText{"overlong-null", "a/\xC0\x80"sv, 2},
    BadText{"overlong-in-two-bytes", "\xC1\xBF"sv, 0},
    BadText{"overlong-in-three-bytes", "\xE0\x9F\xBF"sv, 0},
    BadText{"overlong-in-four-bytes", "\xF0\x8F\xBF\xBF"sv, 0},
    BadText{"first-surrogate", "b\xED\xA0\x80"sv, 1},
    BadText{"last-surrogate", "\xED\xBF\xBF"sv, 0},
    BadText{"surrogate-pair", "\xED\xA0\xBD\xED\xB8\x80"sv, 0},
    BadText{"above-the-last-character", "\xF4\x90\x80\x80"sv, 0},
    BadText{"five-byte-sequence", "\xF8\x88\x80\x80\x80"sv, 0},
    BadText{"byte-fe", "\xFE"sv, 0},
    BadText{"byte-ff", "abcdefghijk\xFF"sv, 11},
    BadText{"ends-in-a-character-of-two", "abc\xC3"sv, 3},
    BadText{"ends-in-a-character-of-four", "\xF0\x9F\x90"sv, 0},
    BadText{"no-continuation", "\xE2\x28\xA1"sv, 0},
};

constexpr std::array discouraged_texts{
    BadText{"first-control", "\x01"sv, 0},
    BadText{"tab", "a\tb"sv, 1},
    BadText{"unit-separator", "\x1F"sv, 0},
    BadText{"delete", "\x7F"sv, 0},
    BadText{"c1-control", "\xC2\x9F"sv, 0},
    BadText{"non-character-fdd0", "\xEF\xB7\x90"sv, 0},
    BadText{"non-character-ffff", "\xEF\xBF\xBF"sv, 0},
    BadText{"non-character-1fffe", "\xF0\x9F\xBF\xBE"sv, 0},
};

// One string field of a packet.
struct Slot {
  std::size_t control;
  std::size_t field;
  std::string name;
  F wildcard = F::topic_wildcard;
  F empty = F::topic_empty;
};

Draft with_text(const VectorList& list, const Slot& slot, std::string_view text) {
  Draft draft = list.draft(slot.control);
  Field& field = draft.fields[slot.field];
  const std::size_t quote = field.comment.find(" \"");
  field.comment = field.comment.substr(0, quote) + fmt::format(", {} bytes", text.size());
  const bool is_readable = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz/$+#. 0123456789") == text.npos;
  if (is_readable) field.comment += fmt::format(" \"{}\"", text);
  field.bytes = text_bytes(text);
  return draft;
}

void add_strings(VectorList& list, const Slot& slot) {
  const std::size_t start = list.draft(slot.control).offset_of(slot.field) + 2;
  const std::string_view also = list.draft(slot.control).fields[slot.field].also;
  for (const GoodText& good : good_texts) {
    const std::size_t number =
        list.accept(slot.name + "/" + std::string(good.name), with_text(list, slot, good.text));
    // The mark itself is a character like others, whatever comes behind it.
    if (good.name != "byte-order-mark") continue;
    list.keep(number, list.v5() ? "MQTT-1.5.4-3" : "MQTT-1.5.3-3");
  }
  for (const BadText& bad : ill_formed_texts) {
    list.fault(slot.control, slot.name + "/" + std::string(bad.name), with_text(list, slot, bad.text),
               F::ill_formed, start + bad.at, also);
  }
  const std::string_view topics = "MQTT-4.7.3-2";
  const bool is_topic = list.draft(slot.control).fields[slot.field].kind != FieldKind::text;
  for (const std::string_view text : {"\0"sv, "a\0"sv, "a/\0/b"sv}) {
    list.fault(slot.control, fmt::format("{}/null-{}", slot.name, text.size()), with_text(list, slot, text),
               F::null_character, start + text.find('\0'), is_topic ? topics : std::string_view());
  }
  for (const BadText& odd : discouraged_texts) {
    list.fault(slot.control, slot.name + "/" + std::string(odd.name), with_text(list, slot, odd.text),
               F::discouraged_character, start + odd.at);
  }
}

void add_topic_names(VectorList& list, const Slot& slot) {
  const std::size_t offset = list.draft(slot.control).offset_of(slot.field);
  for (const std::string_view topic :
       {"/"sv, "//"sv, "/a"sv, "a/"sv, "a//b"sv, "a b"sv, "$SYS/a"sv, "$share/a"sv}) {
    list.accept(fmt::format("{}/topic-{}", slot.name, topic), with_text(list, slot, topic));
  }
  for (const std::string_view topic : {"+"sv, "#"sv, "a/+/b"sv, "a/#"sv, "a+"sv, "b#c"sv}) {
    list.fault(slot.control, fmt::format("{}/wildcard-{}", slot.name, topic), with_text(list, slot, topic),
               slot.wildcard, offset);
  }
  list.fault(slot.control, slot.name + "/empty", with_text(list, slot, ""), slot.empty, offset);
  list.accept(slot.name + "/longest", with_text(list, slot, std::string(65'535, 'a')));
}

struct BadFilter {
  std::string_view filter;
  F fault;
  std::size_t at;
};

constexpr std::array bad_filters{
    BadFilter{"a#", F::filter_multi_level_wildcard, 1},
    BadFilter{"#a", F::filter_multi_level_wildcard, 0},
    BadFilter{"#/a", F::filter_multi_level_wildcard, 0},
    BadFilter{"a/#/b", F::filter_multi_level_wildcard, 2},
    BadFilter{"a/b#", F::filter_multi_level_wildcard, 3},
    BadFilter{"##", F::filter_multi_level_wildcard, 0},
    BadFilter{"#/", F::filter_multi_level_wildcard, 0},
    BadFilter{"/#a", F::filter_multi_level_wildcard, 1},
    BadFilter{"a/#/", F::filter_multi_level_wildcard, 2},
    BadFilter{"#/#", F::filter_multi_level_wildcard, 0},
    BadFilter{"+a", F::filter_single_level_wildcard, 0},
    BadFilter{"a+", F::filter_single_level_wildcard, 1},
    BadFilter{"a+/b", F::filter_single_level_wildcard, 1},
    BadFilter{"a/+b", F::filter_single_level_wildcard, 2},
    BadFilter{"++", F::filter_single_level_wildcard, 0},
    BadFilter{"+#", F::filter_single_level_wildcard, 0},
    BadFilter{"a/b+/c", F::filter_single_level_wildcard, 3},
};

constexpr std::array bad_shares{
    BadFilter{"$share/", F::share_name_missing, 7},
    BadFilter{"$share//", F::share_name_missing, 7},
    BadFilter{"$share//a", F::share_name_missing, 7},
    BadFilter{"$share/g", F::share_name_not_followed, 8},
    BadFilter{"$share/g/", F::share_name_not_followed, 9},
    BadFilter{"$share/g+/a", F::share_name_not_followed, 8},
    BadFilter{"$share/+/a", F::share_name_not_followed, 7},
    BadFilter{"$share/#/a", F::share_name_not_followed, 7},
    BadFilter{"$share/g#/a", F::share_name_not_followed, 8},
    BadFilter{"$share/g/a#", F::filter_multi_level_wildcard, 10},
    BadFilter{"$share/g/#/a", F::filter_multi_level_wildcard, 9},
    BadFilter{"$share/g/a+", F::filter_single_level_wildcard, 10},
};

void add_filters(VectorList& list, const Slot& slot) {
  const std::size_t start = list.draft(slot.control).offset_of(slot.field) + 2;
  for (const std::string_view filter :
       {"#"sv,           "+"sv,          "/"sv,          "//"sv,           "a/#"sv,
        "/#"sv,          "+/#"sv,        "+/+"sv,        "/+"sv,           "+/"sv,
        "a/+/b"sv,       "a/+"sv,        "a b"sv,        "$SYS/#"sv,       "$share"sv,
        "$shared/+/#"sv, "$share/g/a"sv, "$share/g/#"sv, "$share/g/+/b"sv, "$share/g//"sv}) {
    list.accept(fmt::format("{}/filter-{}", slot.name, filter), with_text(list, slot, filter));
  }
  for (const BadFilter& bad : bad_filters) {
    list.fault(slot.control, fmt::format("{}/filter-{}", slot.name, bad.filter),
               with_text(list, slot, bad.filter), bad.fault, start + bad.at);
  }
  const std::size_t shared =
      list.accept(slot.name + "/shared-subscription", with_text(list, slot, "$share/group/a/b"));
  for (const BadFilter& bad : bad_shares) {
    const bool about_share = bad.fault == F::share_name_missing || bad.fault == F::share_name_not_followed;
    const std::string name = fmt::format("{}/filter-{}", slot.name, bad.filter);
    // 3.1.1 has no shared subscriptions, so that there only the wildcards count.
    if (list.v5() || !about_share) {
      list.fault(shared, name, with_text(list, slot, bad.filter), bad.fault, start + bad.at);
    } else if (bad.filter.find_first_of("+#") == bad.filter.npos) {
      list.accept(name, with_text(list, slot, bad.filter));
    }
  }
  list.fault(slot.control, slot.name + "/empty", with_text(list, slot, ""), F::filter_empty, start - 2);
  list.accept(slot.name + "/longest", with_text(list, slot, std::string(65'535, 'a')));
}

void add_slot(VectorList& list, const Slot& slot) {
  const FieldKind kind = list.draft(slot.control).fields[slot.field].kind;
  add_strings(list, slot);
  if (kind == FieldKind::topic_name) add_topic_names(list, slot);
  if (kind == FieldKind::topic_filter) add_filters(list, slot);
}

std::string slot_name(const Field& field) {
  std::string name;
  for (const char letter : field.comment.substr(0, field.comment.find(" \""))) {
    name += letter == ' ' ? '-' : static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
  }
  return name;
}

}  // namespace

void add_text_vectors(VectorList& list) {
  for (const PacketType type :
       {PacketType::connect, PacketType::publish, PacketType::subscribe, PacketType::unsubscribe}) {
    if (!list.may_send(type)) continue;
    const bool is_connect = type == PacketType::connect;
    const Draft draft =
        is_connect ? full_connect(list.version()) : plain_draft(list.version(), list.sender(), type);
    const std::size_t control = list.accept("text/plain", draft);
    for (std::size_t i = 0; i < draft.fields.size(); ++i) {
      const FieldKind kind = draft.fields[i].kind;
      if (kind != FieldKind::text && kind != FieldKind::topic_name && kind != FieldKind::topic_filter)
        continue;
      Slot slot{control, i, slot_name(draft.fields[i])};
      if (is_connect) slot.wildcard = F::will_topic_wildcard;
      if (is_connect) slot.empty = F::will_topic_empty;
      add_slot(list, slot);
    }
  }
}

}  // namespace holdfast::mqtt
