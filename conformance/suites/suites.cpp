#include "conformance/suites/suites.h"

namespace holdfast {

void register_all_suites(Registry& registry) {
  register_walkthrough(registry);
  register_connect_malformed(registry);
  register_connect(registry);
  register_clean_session(registry);
  register_will(registry);
  register_will_limits(registry);
  register_keep_alive(registry);
  register_server_keep_alive(registry);
  register_session_expiry(registry);
  register_will_delay(registry);
  register_takeover(registry);
  register_takeover_states(registry);
  register_session_present(registry);
  register_dup(registry);
  register_retained(registry);
  register_message_expiry(registry);
  register_message_properties(registry);
  register_disconnect(registry);
  register_session_state(registry);
  register_session_choices(registry);
  register_long_lives(registry);
  register_transport(registry);
  register_qos2(registry);
  register_order(registry);
  register_flow_control(registry);
  register_redelivery(registry);
  register_error_handling(registry);
  register_publish(registry);
  register_topic_alias(registry);
  register_packet_size(registry);
  register_subscribe(registry);
  register_missing_features(registry);
  register_overlapping(registry);
  register_unsubscribe(registry);
  register_topics(registry);
  register_shared_subscriptions(registry);
  register_errors(registry);
  register_exchanges_over_cuts(registry);
  register_vectors(registry);
}

}  // namespace holdfast
