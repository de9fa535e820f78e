#include <istream>
#include <string>
#include <vector>

#include "conformance/cli/command.h"
#include "conformance/cli/decode_line.h"
#include "reports/outcome.h"

namespace holdfast {
namespace {

constexpr const char* decode_footer =
    "Each line is one packet: pairs of digits in either case, with blanks, tabs or colons between bytes. "
    "Each is\n"
    "answered by exactly one line, an empty one too:\n"
    "  PUBLISH id 7 qos 1 \"a/b\" 5 bytes \"hello\"    the packet, and behind \" | note\" what may be "
    "tolerated in it\n"
    "  error MQTT-3.3.1-4 offset 0 reason 0x81 malformed: Both QoS bits are set.\n"
    "  need more: at least 3 bytes                 nothing is wrong so far, and the packet's end has not "
    "come\n"
    "  not hex: column 5\n"
    "An error names the requirement, the offset of the first wrong byte, the reason code that 5.0 answers, "
    "and how\n"
    "grave it is: malformed, protocol-error, should-not (a MUST of the sender that a receiver may forgive). "
    "Bytes\n"
    "behind the packet are an error as well. A CONNECT of level 4 is read as 3.1.1 whatever --mqtt says.\n"
    "Exit codes: 0 every line is a packet; 1 some line is not; 2 usage.";

class DecodeCommand final : public Command {
 public:
  DecodeCommand(CLI::App& parent, Surroundings& surroundings)
      : surroundings_(surroundings),
        app_(*parent.add_subcommand("decode", "Read packets in hexadecimal and judge them by every rule")) {
    app_.add_option("lines", lines_, "packets in hexadecimal; none: lines of standard input")
        ->type_name("[HEX...]");
    app_.add_option("--mqtt", version_, "3.1.1 or 5, which is the default")
        ->type_name("VERSION")
        ->check(CLI::IsMember({"3.1.1", "5"}));
    app_.add_option("--from", sender_, "client or server; without it whichever side may send the packet")
        ->type_name("SENDER")
        ->check(CLI::IsMember({"client", "server"}));
    app_.add_flag("--json", options_.json, "answers for programs");
    app_.footer(decode_footer);
  }

  CLI::App& app() override { return app_; }

  int run() override {
    if (version_ == "3.1.1") options_.version = mqtt::Version::v3_1_1;
    if (sender_ == "client") options_.sender = mqtt::Sender::client;
    if (sender_ == "server") options_.sender = mqtt::Sender::server;
    if (lines_.empty()) {
      answer_input();
    } else {
      for (const std::string& text : lines_) {
        HexLine line;
        for (const char letter : text) line.put(letter);
        answer(line);
      }
    }
    return all_good_ ? exit_code::conforms : exit_code::does_not;
  }

 private:
  // One line at a time, and each answered before the next is waited for. A last line may lack its end.
  void answer_input() {
    std::streambuf& input = *surroundings_.in.rdbuf();
    constexpr int end = std::char_traits<char>::eof();
    int letter = input.sbumpc();
    while (letter != end && surroundings_.out) {
      HexLine line;
      for (; letter != end && letter != '\n'; letter = input.sbumpc()) line.put(static_cast<char>(letter));
      answer(line);
      if (letter == '\n') letter = input.sbumpc();
    }
  }

  void answer(const HexLine& line) {
    const LineAnswer given = answer_line(line, options_);
    all_good_ = all_good_ && given.is_good;
    surroundings_.out << given.text << std::endl;
  }

  Surroundings& surroundings_;
  CLI::App& app_;
  std::vector<std::string> lines_;
  std::string version_ = "5";
  std::string sender_;
  DecodeLineOptions options_;
  bool all_good_ = true;
};

}  // namespace

std::unique_ptr<Command> make_decode_command(CLI::App& parent, Surroundings& surroundings) {
  return std::make_unique<DecodeCommand>(parent, surroundings);
}

}  // namespace holdfast
