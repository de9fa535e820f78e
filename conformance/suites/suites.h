// One registration function for each suite file; suites.cpp calls them all, in the order of the chapters.
#pragma once

#include "conformance/engine/case.h"

namespace holdfast {

void register_walkthrough(Registry& registry);
void register_clean_session(Registry& registry);
void register_session_expiry(Registry& registry);
void register_will(Registry& registry);
void register_will_delay(Registry& registry);
void register_keep_alive(Registry& registry);
void register_takeover(Registry& registry);
void register_session_present(Registry& registry);
void register_dup(Registry& registry);
void register_retained(Registry& registry);
void register_message_expiry(Registry& registry);
void register_session_state(Registry& registry);
void register_qos2(Registry& registry);
void register_redelivery(Registry& registry);
void register_order(Registry& registry);
void register_flow_control(Registry& registry);
void register_connect(Registry& registry);
void register_connect_malformed(Registry& registry);
void register_takeover_states(Registry& registry);
void register_will_limits(Registry& registry);
void register_server_keep_alive(Registry& registry);
void register_long_lives(Registry& registry);
void register_session_choices(Registry& registry);
void register_message_properties(Registry& registry);
void register_disconnect(Registry& registry);
void register_error_handling(Registry& registry);
void register_publish(Registry& registry);
void register_transport(Registry& registry);
void register_topic_alias(Registry& registry);
void register_packet_size(Registry& registry);
void register_subscribe(Registry& registry);
void register_missing_features(Registry& registry);
void register_overlapping(Registry& registry);
void register_unsubscribe(Registry& registry);
void register_topics(Registry& registry);
void register_shared_subscriptions(Registry& registry);
void register_errors(Registry& registry);
void register_exchanges_over_cuts(Registry& registry);
void register_vectors(Registry& registry);

}  // namespace holdfast
