#include "conformance/checkers/catalogue.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "conformance/checkers/session_view.h"

namespace holdfast {

std::span<const Checker> all_checkers() {
  static const std::array checkers{
      well_formed_checker(),         connack_checker(),
      session_present_checker(),     assigned_identifier_checker(),
      silence_after_close_checker(), only_if_asked_checker(),
      maximum_packet_size_checker(), topic_alias_checker(),
      receive_maximum_checker(),     acknowledgements_checker(),
      packet_identifiers_checker(),  dup_flag_checker(),
      no_repeat_checker(),           no_publish_after_pubrel_checker(),
      repeat_order_checker(),        exactly_once_checker(),
      message_order_checker(),       delivered_qos_checker(),
      retain_flag_checker(),
  };
  return checkers;
}

std::vector<Breach> check_trace(const Trace& trace) {
  const SessionView view(trace);
  std::vector<Breach> breaches;
  std::vector<Breach> of_one;
  for (const Checker& checker : all_checkers()) {
    of_one.clear();
    checker.judge(view, of_one);
    const std::size_t count = std::min(of_one.size(), breaches_per_checker_max);
    std::move(of_one.begin(), of_one.begin() + count, std::back_inserter(breaches));
  }
  return breaches;
}

}  // namespace holdfast
