#include "reports/html_report.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/html/page.h"
#include "reports/matrix_report.h"
#include "reports/page_data.h"
#include "reports/read_results.h"
#include "reports/results_json.h"
#include "reports/sample_trace.h"
#include "reports/test_support.h"

namespace holdfast {
namespace {

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

nlohmann::json data_of(const std::string& html) {
  constexpr std::string_view opening = "id=\"data\">";
  const std::size_t begin = html.find(opening) + opening.size();
  return nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

TEST(HtmlReport, IsTheSameWhetherMadeAtOnceOrLater) {
  for (const RunResults& results : {sample_results(), hostile_results()}) {
    const auto read = parse_results(results_json(results, {}));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(html_report(*read), html_report(results_document(results, {})));
  }
}

TEST(HtmlReport, HostileTextNeverBecomesMarkup) {
  const std::string good = html_report(results_document(sample_results(), {}));
  const std::string hostile = html_report(results_document(hostile_results(), {}));
  for (const char* tag : {"<script", "</script", "<!--", "<img", "<style", "</style"})
    EXPECT_EQ(count_of(hostile, tag), count_of(good, tag)) << tag;
  EXPECT_EQ(hostile.find('\0'), std::string::npos);
  EXPECT_EQ(hostile.find('\x1b'), std::string::npos);
  EXPECT_LT(hostile.size(), page_bytes_max);
  EXPECT_FALSE(data_of(hostile)["strings"].empty());
}

TEST(HtmlReport, AsksNoNetworkForAnything) {
  const std::string html = html_report(results_document(sample_results(), {}));
  EXPECT_EQ(html.find("src="), std::string::npos);
  EXPECT_EQ(html.find("@import"), std::string::npos);
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(html.find("unsafe"), std::string::npos);
}

// A broker that fails everything, at length: the page keeps its bound, and the gravest keep their traces.
TEST(HtmlReport, StaysSmallWhateverThereIsToTell) {
  RunResults results = sample_results();
  results.cases.clear();
  for (int i = 0; i < 1500; ++i) {
    CaseResult result =
        sample_case("mqtt5/4.4/case-" + std::to_string(i), i % 2 == 0 ? Verdict::non_strict : Verdict::fail);
    SampleTrace sample;
    for (int k = 0; k < 40; ++k) {
      mqtt::Publish publish;
      publish.topic = "t/" + std::to_string(i) + "/" + std::to_string(k);
      publish.payload = std::string(60, static_cast<char>('a' + k % 26));
      sample.send(publish);
    }
    result.trace = std::make_shared<const TraceRecord>(sample.record());
    result.findings[0].observed = std::to_string(i) + std::string(5'000, 'x');
    results.cases.push_back(std::move(result));
  }
  const std::string html = html_report(results_document(results, {}));
  EXPECT_LT(html.size(), page_bytes_max);
  const nlohmann::json data = data_of(html);
  EXPECT_TRUE(data["cases"][0].back().is_null())
      << "a non-strict case goes without a trace before a failure does";
  EXPECT_FALSE(data["cases"][1].back().is_null());
}

TEST(HtmlReport, EventsNameTheSamePacketsAsInTheResults) {
  const nlohmann::ordered_json document = results_document(sample_results(), {});
  const nlohmann::json events = data_of(html_report(document))["cases"][5].back()[2];
  const auto& told = document["cases"][5]["trace"]["events"];
  ASSERT_EQ(events.size(), told.size());
  for (std::size_t at = 0; at < told.size(); ++at)
    EXPECT_EQ(events[at][2], told[at].value("packet", -1)) << at;
}

TEST(HtmlReport, TellsTheFailuresWithoutScriptsToo) {
  const std::string html = html_report(results_document(sample_results(), {}));
  EXPECT_NE(html.find("<p>fail mqtt5/4.6/fails: "), std::string::npos);
}

TEST(HtmlReport, TheReplayCommandNamesALiveBroker) {
  RunResults results = sample_results();
  nlohmann::ordered_json document = results_document(results, {});
  EXPECT_EQ(replay_command_of(document, document["cases"][5]), "holdfast replay 7:mqtt5/4.6/fails");
  document["simulated"] = false;
  document["system"]["address"] = "mqtt://h:1;rm";
  EXPECT_EQ(replay_command_of(document, document["cases"][5]),
            "holdfast replay 7:mqtt5/4.6/fails 'mqtt://h:1;rm'");
}

TEST(MatrixReport, HasARowForEachCaseOfAnyRun) {
  const nlohmann::ordered_json first = results_document(sample_results(), {});
  RunResults other = sample_results();
  other.cases.erase(other.cases.begin());
  other.cases.push_back(sample_case("mqtt3/4.4/more", Verdict::pass));
  const nlohmann::ordered_json second = results_document(other, {});
  const nlohmann::json data =
      data_of(matrix_report({{&first, "a/report.html"}, {&second, "javascript:alert(1)"}}, "a note"));
  EXPECT_EQ(data["rows"].size(), 8u);
  EXPECT_TRUE(data["rows"][0][3][1].is_null());
  EXPECT_TRUE(data["rows"][7][3][0].is_null());
  EXPECT_EQ(data["brokers"][0]["report"], "./a/report.html");
  EXPECT_EQ(data["brokers"][1]["report"], "./javascript%3Aalert%281%29");
}

TEST(MatrixReport, TellsTwoRunsOfOneBrokerApart) {
  RunResults results = sample_results();
  results.seed = 1;
  const nlohmann::ordered_json one = results_document(results, {});
  results.seed = 2;
  const nlohmann::ordered_json two = results_document(results, {});
  results.system.name = "Another";
  const nlohmann::ordered_json other = results_document(results, {});
  const nlohmann::json brokers =
      data_of(matrix_report({{&one, ""}, {&two, ""}, {&two, ""}, {&other, ""}}, ""))["brokers"];
  EXPECT_EQ(brokers[0]["name"], "Reference broker, seed 1");
  EXPECT_EQ(brokers[1]["name"], "Reference broker, seed 2, column 2");
  EXPECT_EQ(brokers[2]["name"], "Reference broker, seed 2, column 3");
  EXPECT_EQ(brokers[3]["name"], "Another");
}

TEST(MatrixReport, StaysSmallHoweverManyBrokersFail) {
  std::vector<nlohmann::ordered_json> documents;
  for (int broker = 0; broker < 12; ++broker) {
    RunResults results = sample_results();
    results.system.name = fmt::format("Broker {}", broker);
    results.cases.clear();
    for (int i = 0; i < 1400; ++i) {
      CaseResult result = sample_case(fmt::format("mqtt5/4.4/case-{}", i), Verdict::fail);
      result.trace.reset();
      result.observed = fmt::format("what broker {} did in case {}: {}", broker, i, std::string(300, 'x'));
      results.cases.push_back(std::move(result));
    }
    documents.push_back(results_document(results, {}));
  }
  std::vector<MatrixColumn> columns;
  for (const nlohmann::ordered_json& document : documents) columns.push_back({&document, ""});
  EXPECT_LT(matrix_report(columns, "").size(), page_bytes_max);
}

TEST(MatrixReport, HostileTextNeverBecomesMarkup) {
  const nlohmann::ordered_json good = results_document(sample_results(), {});
  const nlohmann::ordered_json hostile = results_document(hostile_results(), {});
  const std::string html = matrix_report({{&good, ""}, {&hostile, ""}}, hostile_text().substr(0, 8));
  EXPECT_EQ(count_of(html, "<script"), 3u);
  EXPECT_EQ(count_of(html, "</script"), 3u);
  EXPECT_LT(html.size(), page_bytes_max);
}

TEST(StringTable, GivesEachTextOnePlace) {
  StringTable table;
  EXPECT_EQ(table.place_of(""), 0u);
  EXPECT_EQ(table.place_of("a"), 1u);
  EXPECT_EQ(table.place_of("b"), 2u);
  EXPECT_EQ(table.place_of("a"), 1u);
  table.shrink_to(2);
  EXPECT_EQ(table.place_of("c"), 2u);
  EXPECT_EQ(table.take(), (nlohmann::ordered_json{"", "a", "c"}));
}

}  // namespace
}  // namespace holdfast
