# Every package that the build needs, found here and nowhere else, so that a missing one is named in one line.

function(holdfast_need package debian_package)
  find_package(${package} QUIET ${ARGN})
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "holdfast: the package ${package} is missing; on Debian: apt-get install ${debian_package}")
  endif()
  # find_package called in a function sets its variables there; imported targets are made global instead.
endfunction()

set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
holdfast_need(Threads libc6-dev)
holdfast_need(fmt libfmt-dev)
holdfast_need(CLI11 libcli11-dev)
holdfast_need(nlohmann_json nlohmann-json3-dev)
holdfast_need(tomlplusplus libtomlplusplus-dev)
holdfast_need(pugixml libpugixml-dev)
holdfast_need(tl-expected libexpected-dev)
if(HOLDFAST_TESTS)
  holdfast_need(GTest libgtest-dev)
endif()
if(HOLDFAST_BENCH)
  holdfast_need(benchmark libbenchmark-dev)
endif()

# Standalone Asio is headers only and ships no CMake package.
find_path(ASIO_INCLUDE_DIR asio.hpp)
if(NOT ASIO_INCLUDE_DIR)
  message(FATAL_ERROR "holdfast: the package Asio is missing; on Debian: apt-get install libasio-dev")
endif()
add_library(holdfast_asio INTERFACE)
target_include_directories(holdfast_asio SYSTEM INTERFACE "${ASIO_INCLUDE_DIR}")
# Without aligned_alloc: Asio 1.22 pairs it with operator delete, which the address sanitizer rightly reports.
target_compile_definitions(holdfast_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED
  ASIO_DISABLE_STD_ALIGNED_ALLOC)
target_link_libraries(holdfast_asio INTERFACE Threads::Threads)
