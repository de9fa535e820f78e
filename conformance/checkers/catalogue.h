// Each checker as its own file defines it. The order here is that of the catalogue.
#pragma once

#include "conformance/checkers/checker.h"

namespace holdfast {

Checker well_formed_checker();
Checker connack_checker();
Checker session_present_checker();
Checker assigned_identifier_checker();
Checker silence_after_close_checker();
Checker only_if_asked_checker();
Checker maximum_packet_size_checker();
Checker topic_alias_checker();
Checker receive_maximum_checker();
Checker acknowledgements_checker();
Checker packet_identifiers_checker();
Checker dup_flag_checker();
Checker no_repeat_checker();
Checker no_publish_after_pubrel_checker();
Checker repeat_order_checker();
Checker exactly_once_checker();
Checker message_order_checker();
Checker delivered_qos_checker();
Checker retain_flag_checker();

}  // namespace holdfast
