# Two tests: no source has a coroutine form that g++ 12 compiles wrongly, and the lint that says so is right.
# The forms are listed in sim/time/README.md.

holdfast_need(Python3 python3 COMPONENTS Interpreter)

set(folders sim conformance reports bench fuzz)
foreach(folder IN LISTS folders)
  if(NOT EXISTS "${PROJECT_SOURCE_DIR}/${folder}")
    list(REMOVE_ITEM folders ${folder})
  endif()
endforeach()

add_test(NAME lint_coroutines
  COMMAND Python3::Interpreter cmake/lint_coroutines.py ${folders}
  WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
add_test(NAME lint_coroutines_itself
  COMMAND Python3::Interpreter -B cmake/lint_coroutines_test.py
  WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
