#include <fmt/format.h>

#include <asio/signal_set.hpp>
#include <csignal>
#include <random>

#include "conformance/cli/command.h"
#include "conformance/cli/run_settings.h"
#include "reports/outcome.h"
#include "sim/broker/broker.h"
#include "sim/live/live_driver.h"
#include "sim/live/tcp.h"

namespace holdfast {
namespace {

class BrokerCommand final : public Command {
 public:
  BrokerCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("broker", "Serve the reference broker on the loopback interface")) {
    app_.add_option("--port", port_, "port on 127.0.0.1; 0: any free one")
        ->type_name("N")
        ->capture_default_str();
    app_.add_option("--seed", seed_, "decides assigned client identifiers; picked if not given")
        ->type_name("N")
        ->check(only_digits);
    app_.add_option("--defect", defects_, "break a rule; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app_.add_option("--variant", variants_, "a legal choice; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app_.footer("It ends at Ctrl-C. Nothing is stored: Sessions and retained messages end with it.");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const auto settings = broker_settings(defects_, variants_);
    if (!settings) return complain(surroundings_, exit_code::usage, settings.error());
    Loop loop;
    LiveDriver driver(loop);
    Broker broker(loop, *settings, seed_.value_or(std::random_device{}()));
    const auto server = TcpServer::listen(driver, broker, port_);
    if (!server) return complain(surroundings_, exit_code::usage, server.error());

    bool ends = false;
    asio::signal_set signals(driver.io(), SIGINT, SIGTERM);
    signals.async_wait([&](const asio::error_code&, int) { ends = true; });
    surroundings_.out << fmt::format(
                             "reference broker on mqtt://127.0.0.1:{} (MQTT 3.1.1 and 5.0), Ctrl-C ends it",
                             (*server)->port())
                      << std::endl;
    while (!ends) driver.run([&] { return ends; }, patience);
    broker.shut_down();
    // What was said in farewell still has to leave.
    driver.run([] { return false; }, farewell);
    return exit_code::conforms;
  }

 private:
  static constexpr Duration patience = 1h;
  static constexpr Duration farewell = 100ms;

  Surroundings& surroundings_;
  CLI::App& app_;
  std::uint16_t port_ = 1883;
  std::optional<std::uint64_t> seed_;
  std::vector<std::string> defects_;
  std::vector<std::string> variants_;
};

}  // namespace

std::unique_ptr<Command> make_broker_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<BrokerCommand>(parent, surroundings);
}

}  // namespace holdfast
