# holdfast_layer(name DEPENDS targets... [EXCLUDE files...])
#
# Makes the library hf_<name> from the .cpp files of the calling folder, and the test program
# <name>_test from its *_test.cpp files, which ctest runs. A layer includes only what stands below it,
# which is what DEPENDS lists.

# Assertions document and guard, so they stay on in every build: no configuration defines NDEBUG.
# -O2 and not -O3, for the sake of build time.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")

# Several sources in one compilation make a clean build three times as fast: most of its time goes into headers.
# So names in the anonymous namespaces of one folder have to differ.
option(CMAKE_UNITY_BUILD "compile several sources at once" ON)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 6 CACHE STRING "sources in one compilation")

add_library(holdfast_options INTERFACE)
target_include_directories(holdfast_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(holdfast_options INTERFACE
  # Paths in assertions start at the root of the project: the same program from every folder.
  "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/="
  -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wno-missing-field-initializers)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns of overlaps and overflows in std::string and fmt that are not there (GCC 105329, 105651).
  target_compile_options(holdfast_options INTERFACE -Wno-restrict -Wno-stringop-overflow)
  # In a unity build a coroutine's frame may hold a type of an anonymous namespace: that is no mistake.
  target_compile_options(holdfast_options INTERFACE -Wno-subobject-linkage)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    # With sanitizers it takes every std::optional for uninitialised.
    target_compile_options(holdfast_options INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# For sources of which a fuzzing engine learns nothing about what is tested: it looks through all counters after each
# input, and so theirs cost speed.
set(holdfast_without_coverage "")
if(HOLDFAST_FUZZ)
  set(holdfast_without_coverage
      -fno-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-pc-guard,trace-cmp,indirect-calls)
endif()

function(holdfast_layer name)
  cmake_parse_arguments(arg "" "" "DEPENDS;EXCLUDE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  file(GLOB tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp")
  list(TRANSFORM arg_EXCLUDE PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  if(tests OR arg_EXCLUDE)
    list(REMOVE_ITEM sources ${tests} ${arg_EXCLUDE})
  endif()
  if(sources)
    add_library(hf_${name} STATIC ${sources})
    target_link_libraries(hf_${name} PUBLIC holdfast_options ${arg_DEPENDS})
  else()
    add_library(hf_${name} INTERFACE)
    target_link_libraries(hf_${name} INTERFACE holdfast_options ${arg_DEPENDS})
  endif()
  if(HOLDFAST_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE hf_${name} GTest::gtest GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE HOLDFAST_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    # To optimise a test takes longer than to run it: with sanitizers a third of a whole build. But inline functions
    # of the libraries may then be linked as the test has them, which is too slow for what waits under TSan.
    if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread")
      target_compile_options(${name}_test PRIVATE -O0)
    endif()
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
