// A trace that is over, as reports keep it: the same events, with secrets masked. A mask keeps every length,
// so the bytes still make packets of the same size at the same offsets.
#pragma once

#include <string>
#include <vector>

#include "sim/trace/trace.h"

namespace holdfast {

struct TraceRecord {
  std::vector<Event> events{};                // text of a packet: to_text() of it, without secrets
  std::vector<ConnectionInfo> connections{};  // of ConnectionId 1 and following
  ByteStore bytes{};                          // of the events
};

// What nobody may read in a report. User names, passwords and authentication data of CONNECT and AUTH are
// always masked, whatever stands here.
struct Secrets {
  std::vector<std::string> words{};  // masked wherever they appear; those under 3 bytes are left alone
  bool payloads = false;             // payloads of PUBLISH and of wills, and what is no whole packet
};

TraceRecord record_of(const Trace& trace, const Secrets& secrets);

// `text` with "***" for each of the words, and with payloads that to_text() has written left out.
std::string without_secrets(std::string text, const Secrets& secrets);

// As to_text() of a living trace.
std::string to_text(const TraceRecord& record, const Event& event);

}  // namespace holdfast
