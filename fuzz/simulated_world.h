// A reference broker, a network and a trace in virtual time, for targets that fuzz conversations.
#pragma once

#include "sim/broker/broker.h"
#include "sim/net/network.h"
#include "sim/time/loop.h"
#include "sim/trace/trace.h"

namespace holdfast::fuzz {

// The settings of the sound broker; with the defect that the environment variable HOLDFAST_FUZZ_DEFECT names,
// which is how a test shows that a target notices one.
BrokerSettings broker_settings();

// Lets virtual time go by. A livelock breaks a promise.
void pass(Loop& loop, Duration duration);

struct SimulatedWorld {
  Loop loop;
  Trace trace{loop};
  Broker broker{loop, broker_settings(), 1};
  Network network{loop, broker, trace, 2};

  void pass(Duration duration) { fuzz::pass(loop, duration); }
};

// Any breach of a checker breaks a promise; the trace is told with it.
void require_conforming(const Trace& trace);

}  // namespace holdfast::fuzz
