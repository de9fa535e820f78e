#!/bin/bash -eu
# Builds every fuzz target into $OUT as OSS-Fuzz and ClusterFuzzLite want it: with $CXX, $CXXFLAGS and
# $LIB_FUZZING_ENGINE, each with its seed corpus, dictionary and options. ./dev fuzz check runs it too.

# The libraries of the distribution are built against libstdc++.
CXXFLAGS=${CXXFLAGS//-stdlib=libc++/}
source_folder=${SRC:?}/holdfast
build_folder=${WORK:-/tmp}/holdfast-fuzz

cmake -S "$source_folder" -B "$build_folder" -G Ninja -DCMAKE_BUILD_TYPE=None \
  -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_CXX_FLAGS="$CXXFLAGS" \
  -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath,'\$ORIGIN/lib'" -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON \
  -DHOLDFAST_TESTS=OFF -DHOLDFAST_BENCH=OFF -DHOLDFAST_FUZZ=ON -DHOLDFAST_FUZZ_ENGINE="$LIB_FUZZING_ENGINE"
cmake --build "$build_folder" --target fuzz_targets

mkdir -p "$OUT/lib"
for options in "$source_folder"/fuzz/options/*.options; do
  target=$(basename "$options" .options)
  cp "$build_folder/fuzz/$target" "$options" "$OUT/"
  seeds=$build_folder/fuzz/seeds
  [ ! -e "$seeds/$target.dict" ] || cp "$seeds/$target.dict" "$OUT/"
  rm -f "$OUT/${target}_seed_corpus.zip"
  zip --quiet --junk-paths --recurse-paths "$OUT/${target}_seed_corpus.zip" "$seeds/$target" \
    "$source_folder/fuzz/regressions/$target"
  # What the machine that runs the targets has not got.
  ldd "$OUT/$target" | sed -n 's,.* => \(/.*/lib\(fmt\|pugixml\|tomlplusplus\)\.so[^ ]*\) .*,\1,p' |
    { grep --invert-match "^$OUT" || true; } | xargs --no-run-if-empty cp --dereference --target-directory "$OUT/lib"
done
