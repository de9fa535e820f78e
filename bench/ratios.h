// Benchmarks that are judged by ratio: what is ours against a peer that does the same work, in one run on one
// machine, so that the number means something elsewhere.
#pragma once

#include <string>
#include <vector>

namespace holdfast::bench {

// One row of the table.
struct Ratio {
  std::string what;
  std::string ours;  // names of benchmarks, as Google Benchmark prints them
  std::string peer;
  double at_least = 0;     // the bar for time of the peer / time of ours; 0: no bar
  double at_most = 0;      // or for time of ours / time of the peer, where the peer does less; 0: no bar
  bool is_slower = false;  // no bar, and time of ours / time of the peer is told
};

// The body of main(): runs the benchmarks (several repetitions, interleaved at random, unless the command
// line says otherwise) and prints the table from the fastest repetition of each. Rows whose benchmarks were
// filtered out are left out. Gives 1 if a bar is missed, 2 if the command line is wrong.
int run_benchmarks(int argc, char** argv, const std::vector<Ratio>& ratios);

}  // namespace holdfast::bench
