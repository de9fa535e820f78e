#include "conformance/checkers/publications.h"

#include <unordered_map>
#include <vector>

namespace holdfast {

namespace {

// The latest PUBLISH under a client's identifier. Until its PUBREL the same PUBLISH again is a repeat.
struct Incoming {
  Publication* publication = nullptr;
  bool closed = false;
};

class PublicationsReplay {
 public:
  using ByPayload = std::unordered_map<std::string_view, Publication>;

  PublicationsReplay(const Steps& steps, ByPayload& out) : out_(out), of_session_(steps.sessions.size()) {}

  void on_step(const Step& step) {
    if (const auto* connect = step.as<mqtt::Connect>()) {
      if (connect->will && !connect->will->payload.empty()) out_[connect->will->payload].ambiguous = true;
    }
    if (step.session == no_session) return;
    if (step.from_server) {
      const auto* pubrec = step.as<mqtt::Pubrec>();
      if (pubrec != nullptr && mqtt::is_error(pubrec->reason)) close(step, pubrec->packet_id);
    } else if (const auto* publish = step.as<mqtt::Publish>()) {
      on_publish(step, *publish);
    } else if (const auto* pubrel = step.as<mqtt::Pubrel>()) {
      on_pubrel(step, *pubrel);
    }
  }

 private:
  void on_publish(const Step& step, const mqtt::Publish& publish) {
    if (publish.payload.empty()) return;
    Publication& publication = out_[publish.payload];
    if (publish.qos > 0) {
      Incoming& incoming = of_session_[step.session][publish.packet_id];
      const bool repeats =
          incoming.publication == &publication && !incoming.closed && publication.publish->qos == publish.qos;
      incoming = Incoming{&publication, false};
      if (repeats) {
        if (publication.publish->retain != publish.retain) publication.ambiguous = true;
        ++publication.copies;
        publication.last_copy_at = step.event->at;
        return;
      }
    }
    if (publication.publish != nullptr) {
      publication.ambiguous = true;
      return;
    }
    publication.publish = &publish;
    publication.connection = step.connection;
    publication.publisher = step.session;
    publication.at = step.at();
    publication.first_copy_at = publication.last_copy_at = step.event->at;
    publication.copies = 1;
  }

  void on_pubrel(const Step& step, const mqtt::Pubrel& pubrel) {
    const auto incoming = of_session_[step.session].find(pubrel.packet_id);
    if (incoming == of_session_[step.session].end() || incoming->second.publication == nullptr) return;
    Publication& publication = *incoming->second.publication;
    if (publication.publish == nullptr || publication.publish->qos != 2) return;
    incoming->second.closed = true;
    ++publication.releases;
    if (publication.released_at == never) publication.released_at = step.at();
  }

  void close(const Step& step, std::uint16_t packet_id) {
    const auto incoming = of_session_[step.session].find(packet_id);
    if (incoming != of_session_[step.session].end()) incoming->second.closed = true;
  }

  ByPayload& out_;
  std::vector<std::unordered_map<std::uint16_t, Incoming>> of_session_;
};

}  // namespace

Publications::Publications(const Steps& steps) {
  PublicationsReplay replay(steps, by_payload_);
  for (const Step& step : steps.steps) replay.on_step(step);
  for (const ConnectionView& connection : steps.connections) {
    if (connection.client_unreadable_at != never) unreadable_ = true;
  }
}

const Publication* Publications::only(std::string_view payload) const {
  if (unreadable_ || payload.empty()) return nullptr;
  const auto found = by_payload_.find(payload);
  if (found == by_payload_.end() || found->second.ambiguous || found->second.publish == nullptr)
    return nullptr;
  return &found->second;
}

}  // namespace holdfast
