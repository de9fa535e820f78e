// The preflight: who is there, which versions it speaks and what it can do, learnt before any case runs from
// a few connections as a client. The same coroutines ask the embedded broker and a live one.
#pragma once

#include <optional>
#include <string>

#include "conformance/engine/capabilities.h"
#include "sim/client/client.h"
#include "sim/net/network.h"
#include "sim/time/task.h"

namespace holdfast {

// What one version of the protocol has shown.
struct VersionTrial {
  std::optional<Capabilities> capabilities{};  // nullopt: the version is not spoken
  // Then why, in words that continue "127.0.0.1:1883 ...". Empty while it is spoken.
  std::string failure{};
  // The connection was refused, so that `failure` has no more to tell.
  bool is_unreachable = false;
  // CONNACK refused it for its version.
  bool is_wrong_version = false;
  std::string told_name{};  // from $SYS; empty if it does not tell
};

// What the trials share. All of it outlives them.
struct PreflightSurroundings {
  Loop* loop = nullptr;
  Network* network = nullptr;
  std::string prefix{};    // as of a case; each version adds one letter
  Duration patience = 5s;  // for each answer
  Credentials credentials{};
  bool asks_name = false;  // looks for the name in $SYS, for half a second at most
};

// Tries one version. `trial` outlives the coroutine.
Task<void> try_version(PreflightSurroundings surroundings, mqtt::Version version, VersionTrial& trial);

// Tells each version's capabilities of the other.
void set_versions(std::optional<Capabilities>& v3_1_1, std::optional<Capabilities>& v5);

// "Mosquitto 2.0.11" of what brokers publish to $SYS/broker/version.
std::string name_from_sys(std::string_view payload);

}  // namespace holdfast
