// The grades follow fixtures/interpretations.md. 3.1.1 demands some closes by name; what else a 5.0 server
// finds wrong is left to it (C-07), except in the layout of CONNECT, which has to be checked (MQTT-3.1.4-1).
#include "conformance/suites/reject_rules.h"

#include <array>

namespace holdfast {

namespace reject_table {

constexpr mqtt::Version v3 = mqtt::Version::v3_1_1;
constexpr mqtt::Version v5 = mqtt::Version::v5;
using enum RejectGrade;

// clang-format off
constexpr auto rows = std::to_array<RejectRule>({
    {v3, "MQTT-1.5.3-1", "", "1.5.3", "ill-formed-text", "with ill-formed UTF-8", must, "C-07"},
    {v3, "MQTT-1.5.3-2", "", "1.5.3", "null-character", "with U+0000 in a string", must, "C-07"},
    {v3, "HF-3.1.1-G03", "", "2.2.1", "forbidden-type", "from a client", should, "X-11"},
    {v3, "MQTT-2.2.2-2", "", "2.2.2", "wrong-flags", "with wrong flags in its fixed header", must, "C-07"},
    {v3, "HF-3.1.1-G01", "", "2.2.3", "length-of-five-bytes", "with a Remaining Length of more than four bytes", must, "X-07"},
    {v3, "HF-3.1.1-G02", "", "2.2.3", "wrong-length", "with a Remaining Length that its type cannot have", should, "C-04"},
    {v3, "MQTT-2.3.1-1", "", "2.3.1", "identifier-0", "with Packet Identifier 0", should, "X-09"},
    {v3, "MQTT-2.3.1-6", "", "2.3.1", "identifier-0", "with Packet Identifier 0", should, "X-09"},
    {v3, "MQTT-3.1.2-1", "", "3.1.2.1", "wrong-protocol-name", "with another protocol name", must, "C-02"},
    {v3, "MQTT-3.1.2-2", "", "3.1.2.2", "unknown-protocol-level", "with a protocol level that nobody has defined", must, "C-01"},
    {v3, "MQTT-3.1.2-3", "", "3.1.2.3", "reserved-flag", "whose reserved Connect Flag is 1", must, "C-03"},
    {v3, "MQTT-3.1.2-9", "", "3.1.2.5", "will-cut-off", "whose will is missing or cut off", must, "C-03"},
    {v3, "MQTT-3.1.2-13", "", "3.1.2.6", "will-qos-and-no-will", "with a Will QoS and no will", must, "C-03"},
    {v3, "MQTT-3.1.2-14", "", "3.1.2.6", "will-at-qos-3", "with Will QoS 3", must, "C-03"},
    {v3, "MQTT-3.1.2-15", "", "3.1.2.7", "will-retain-and-no-will", "with Will Retain and no will", must, "C-03"},
    {v3, "MQTT-3.1.2-18", "", "3.1.2.8", "surplus-user-name", "with a user name that no flag announces", should, "C-04"},
    {v3, "MQTT-3.1.2-19", "", "3.1.2.8", "user-name-cut-off", "whose user name is missing or cut off", must, "C-03"},
    {v3, "MQTT-3.1.2-20", "", "3.1.2.9", "surplus-password", "with a password that no flag announces", should, "C-04"},
    {v3, "MQTT-3.1.2-21", "", "3.1.2.9", "password-cut-off", "whose password is missing or cut off", must, "C-03"},
    {v3, "MQTT-3.1.2-22", "", "3.1.2.9", "password-and-no-user-name", "with a password and no user name", must, "C-05"},
    {v3, "MQTT-3.1.3-3", "", "3.1.3.1", "identifier-cut-off", "whose client identifier is missing or cut off", must, "C-03"},
    {v3, "MQTT-3.1.3-7", "MQTT-3.1.3-8", "3.1.3.1", "empty-identifier", "without client identifier and with Clean Session 0", must, ""},
    {v3, "MQTT-3.1.4-1", "", "3.1.4", "wrong-layout", "that is shorter or longer than its fields", must, "C-03"},
    {v3, "MQTT-3.3.1-4", "", "3.3.1.2", "qos-3", "at QoS 3", must, "C-07"},
    {v3, "MQTT-3.3.2-2", "", "3.3.2.1", "wildcard-topic", "with a wildcard in its topic", should, "D-12"},
    {v3, "MQTT-3.6.1-1", "", "3.6.1", "wrong-flags", "with wrong flags in its fixed header", must, "C-07"},
    {v3, "MQTT-3.8.1-1", "", "3.8.1", "wrong-flags", "with wrong flags in its fixed header", must, "C-07"},
    {v3, "MQTT-3.8.3-3", "", "3.8.3", "no-filter", "without a filter", must, ""},
    {v3, "MQTT-3.8.3-4", "", "3.8.3", "reserved-qos-bits", "with a requested QoS that there is not", must, ""},
    {v3, "MQTT-3.10.1-1", "", "3.10.1", "wrong-flags", "with wrong flags in its fixed header", must, "C-07"},
    {v3, "MQTT-3.10.3-2", "", "3.10.3", "no-filter", "without a filter", must, ""},
    {v3, "MQTT-3.14.1-1", "", "3.14.1", "wrong-flags", "with wrong flags in its fixed header", must, "T-09"},
    {v3, "MQTT-4.7.1-2", "", "4.7.1.2", "misplaced-hash", "with a misplaced # in its filter", granted, "D-03"},
    {v3, "MQTT-4.7.1-3", "", "4.7.1.3", "misplaced-plus", "with a misplaced + in its filter", granted, "D-03"},
    {v3, "MQTT-4.7.3-1", "", "4.7.3", "empty-topic", "with an empty topic or filter", should, "X-11"},
    {v3, "MQTT-4.8.0-1", "", "4.8", "wrong-layout", "that is shorter or longer than its fields", should, "X-11"},

    {v5, "MQTT-1.5.4-1", "", "1.5.4", "ill-formed-text", "with ill-formed UTF-8", should, "C-07"},
    {v5, "MQTT-1.5.4-2", "", "1.5.4", "null-character", "with U+0000 in a string", should, "C-07"},
    {v5, "MQTT-1.5.5-1", "", "1.5.5", "overlong-length", "with a length in more bytes than it needs", should, "X-07"},
    {v5, "HF-5.0-E21", "", "1.5.5", "length-of-five-bytes", "with a length of more than four bytes", must, "X-07"},
    {v5, "MQTT-1.5.7-1", "", "1.5.7", "ill-formed-pair", "with ill-formed UTF-8 or U+0000 in a User Property", should, "C-07"},
    {v5, "HF-5.0-E20", "", "2.1.2", "forbidden-type", "from a client", should, "C-07"},
    {v5, "MQTT-2.1.3-1", "", "2.1.3", "wrong-flags", "with wrong flags in its fixed header", should, "C-07"},
    {v5, "MQTT-2.2.1-3", "HF-5.0-E18", "2.2.1", "identifier-0", "with Packet Identifier 0", should, "X-09"},
    {v5, "HF-5.0-E18", "", "2.2.1", "identifier-0", "with Packet Identifier 0", should, "X-09"},
    {v5, "MQTT-2.2.2-1", "", "2.2.2.1", "property-length-cut-off", "whose Property Length is missing or cut off", should, "C-07"},
    {v5, "HF-5.0-E03", "", "2.2.2.1", "wrong-property-length", "whose Property Length does not agree with its properties", should, "C-07"},
    {v5, "HF-5.0-E01", "", "2.2.2.2", "property-twice", "with a property twice that may be there once", should, "C-07"},
    {v5, "HF-5.0-E02", "", "2.2.2.2", "foreign-property", "with a property that is not for it", should, "C-07"},
    {v5, "MQTT-3.1.2-1", "", "3.1.2.1", "wrong-protocol-name", "with another protocol name", must, "C-02"},
    {v5, "MQTT-3.1.2-2", "", "3.1.2.2", "unknown-protocol-level", "with a protocol level that nobody has defined", must, "C-01"},
    {v5, "MQTT-3.1.2-3", "", "3.1.2.3", "reserved-flag", "whose reserved Connect Flag is 1", must, ""},
    {v5, "MQTT-3.1.2-9", "MQTT-3.1.4-1", "3.1.2.5", "will-cut-off", "whose will is missing or cut off", must, ""},
    {v5, "MQTT-3.1.2-11", "MQTT-3.1.4-1", "3.1.2.6", "will-qos-and-no-will", "with a Will QoS and no will", should, "C-07"},
    {v5, "MQTT-3.1.2-12", "", "3.1.2.6", "will-at-qos-3", "with Will QoS 3", should, "C-07"},
    {v5, "MQTT-3.1.2-13", "MQTT-3.1.4-1", "3.1.2.7", "will-retain-and-no-will", "with Will Retain and no will", should, "C-07"},
    {v5, "MQTT-3.1.2-16", "MQTT-3.1.4-1", "3.1.2.8", "surplus-user-name", "with a user name that no flag announces", should, "C-07"},
    {v5, "MQTT-3.1.2-17", "MQTT-3.1.4-1", "3.1.2.8", "user-name-cut-off", "whose user name is missing or cut off", must, ""},
    {v5, "MQTT-3.1.2-18", "MQTT-3.1.4-1", "3.1.2.9", "surplus-password", "with a password that no flag announces", should, "C-07"},
    {v5, "MQTT-3.1.2-19", "MQTT-3.1.4-1", "3.1.2.9", "password-cut-off", "whose password is missing or cut off", must, ""},
    {v5, "HF-5.0-E04", "", "3.1.2.11.3", "receive-maximum-of-0", "with Receive Maximum 0", should, "C-07"},
    {v5, "HF-5.0-E05", "", "3.1.2.11.4", "maximum-packet-size-of-0", "with Maximum Packet Size 0", should, "C-07"},
    {v5, "HF-5.0-E06", "", "3.1.2.11.6", "request-of-2-and-more", "with a request for information that is neither 0 nor 1", should, "C-07"},
    {v5, "HF-5.0-E07", "", "3.1.2.11.10", "data-and-no-method", "with Authentication Data and no Authentication Method", should, "C-07"},
    {v5, "MQTT-3.1.3-3", "MQTT-3.1.4-1", "3.1.3.1", "identifier-cut-off", "whose client identifier is missing or cut off", must, ""},
    {v5, "MQTT-3.1.4-1", "", "3.1.4", "wrong-layout", "that is shorter or longer than its fields", must, ""},
    {v5, "MQTT-3.3.1-4", "", "3.3.1.2", "qos-3", "at QoS 3", should, "C-07"},
    {v5, "MQTT-3.3.2-2", "", "3.3.2.1", "wildcard-topic", "with a wildcard in its topic", should, "D-12"},
    {v5, "HF-5.0-E17", "", "3.3.2.1", "empty-topic", "with an empty topic and no Topic Alias", should, "C-07"},
    {v5, "MQTT-3.3.2-8", "", "3.3.2.3.4", "topic-alias-0", "with Topic Alias 0", should, "C-07"},
    {v5, "MQTT-3.3.2-14", "", "3.3.2.3.5", "wildcard-response-topic", "with a wildcard in its Response Topic", should, "C-07"},
    {v5, "MQTT-3.3.4-6", "MQTT-4.13.1-1", "3.3.4", "subscription-identifier", "with a Subscription Identifier", should, "C-07"},
    {v5, "MQTT-3.4.2-1", "", "3.4.2.1", "unknown-code", "with a reason code that it does not have", should, "C-07"},
    {v5, "MQTT-3.5.2-1", "", "3.5.2.1", "unknown-code", "with a reason code that it does not have", should, "C-07"},
    {v5, "MQTT-3.6.1-1", "", "3.6.1", "wrong-flags", "with wrong flags in its fixed header", should, "C-07"},
    {v5, "MQTT-3.6.2-1", "", "3.6.2.1", "unknown-code", "with a reason code that it does not have", should, "C-07"},
    {v5, "MQTT-3.7.2-1", "", "3.7.2.1", "unknown-code", "with a reason code that it does not have", should, "C-07"},
    {v5, "MQTT-3.8.1-1", "", "3.8.1", "wrong-flags", "with wrong flags in its fixed header", should, "C-07"},
    {v5, "HF-5.0-E15", "", "3.8.2.1.2", "wrong-subscription-identifier", "with Subscription Identifier 0, or with two", should, "C-07"},
    {v5, "MQTT-3.8.3-2", "", "3.8.3", "no-filter", "without a filter", should, "C-07"},
    {v5, "MQTT-3.8.3-4", "", "3.8.3.1", "no-local-on-shared", "with No Local on a shared subscription", should, "D-10"},
    {v5, "MQTT-3.8.3-5", "", "3.8.3.1", "reserved-option-bits", "with reserved bits in its options", should, "C-07"},
    {v5, "HF-5.0-E19", "", "3.8.3.1", "options-of-3", "with QoS 3 or Retain Handling 3", should, "C-07"},
    {v5, "MQTT-3.10.1-1", "", "3.10.1", "wrong-flags", "with wrong flags in its fixed header", should, "C-07"},
    {v5, "MQTT-3.10.3-2", "", "3.10.3", "no-filter", "without a filter", should, "C-07"},
    {v5, "MQTT-3.14.1-1", "", "3.14.1", "wrong-flags", "with wrong flags in its fixed header", should, "T-09"},
    {v5, "MQTT-3.14.2-1", "", "3.14.2.1", "unknown-code", "with a reason code that it does not have", should, "T-09"},
    {v5, "HF-5.0-E37", "", "3.15", "method-missing", "without an Authentication Method", should, "C-07"},
    {v5, "MQTT-3.15.1-1", "", "3.15.1", "wrong-flags", "with wrong flags in its fixed header", should, "C-07"},
    {v5, "MQTT-3.15.2-1", "", "3.15.2.1", "unknown-code", "with a reason code that it does not have", should, "C-07"},
    {v5, "MQTT-4.7.1-1", "", "4.7.1.2", "misplaced-hash", "with a misplaced # in its filter", granted, "D-03"},
    {v5, "MQTT-4.7.1-2", "", "4.7.1.3", "misplaced-plus", "with a misplaced + in its filter", granted, "D-03"},
    {v5, "MQTT-4.7.3-1", "", "4.7.3", "empty-topic", "with an empty topic or filter", should, "C-07"},
    {v5, "MQTT-4.8.2-1", "", "4.8.2", "no-share-name", "with a shared filter without share name", granted, "D-03"},
    {v5, "MQTT-4.8.2-2", "", "4.8.2", "wrong-share-name", "with a share name that has a wildcard or no filter behind it", granted, "D-03"},
    {v5, "MQTT-4.13.1-1", "", "4.13.1", "wrong-layout", "that is shorter or longer than its fields", should, "C-07"},
});
// clang-format on

}  // namespace reject_table

std::span<const RejectRule> reject_rules() { return reject_table::rows; }

}  // namespace holdfast
