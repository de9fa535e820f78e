// A trace replayed into connections, Sessions, messages and exchanges: all that the checkers know. They judge
// from it and keep no Session state of their own beyond what their rule is about.
#pragma once

#include "conformance/checkers/deliveries.h"
#include "conformance/checkers/publications.h"
#include "conformance/checkers/steps.h"
#include "sim/trace/trace.h"

namespace holdfast {

// Points into the trace, which outlives it and does not change meanwhile.
struct SessionView {
  explicit SessionView(const Trace& a_trace)
      : trace(a_trace), steps(a_trace), publications(steps), exchanges(steps, publications) {}

  const ConnectionView& connection(ConnectionId id) const { return steps.connection(id); }
  const SessionRecord& session(SessionIndex index) const { return steps.sessions[index]; }
  // The Session's whole life stands in the trace.
  bool is_known(SessionIndex index) const { return index != no_session && !session(index).unknown_past; }

  // The server said that there is no old Session. If that is not the truth (session-present), what it sends
  // may still belong to the old one, unless it is known to be newer than this one.
  bool may_be_of_older_session(const Delivery& delivery) const {
    const SessionRecord& record = session(delivery.session);
    if (record.predecessor == no_session) return false;
    return delivery.publication == nullptr || delivery.publication->at < record.began_at;
  }

  const Trace& trace;
  Steps steps;
  Publications publications;
  Deliveries exchanges;
};

}  // namespace holdfast
