#include "sim/broker/broker.h"

#include <utility>

#include "sim/broker/server.h"

namespace holdfast {

class Broker::Core final : public broker::Server {
 public:
  using Server::Server;
};

Broker::Broker(Loop& loop, BrokerSettings settings, std::uint64_t seed)
    : core_(std::make_unique<Core>(loop, std::move(settings), seed)) {}
Broker::~Broker() = default;

void Broker::connect(ServerStream& stream) { core_->open(stream); }
std::vector<SessionSummary> Broker::sessions() const { return core_->sessions(); }
bool Broker::clear_session(std::string_view client_id) { return core_->clear_session(client_id); }
void Broker::shut_down() { core_->shut_down(); }
std::size_t Broker::retained_messages() const { return core_->retained_messages(); }

}  // namespace holdfast
