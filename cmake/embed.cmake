# holdfast_embed(input output name header)
#
# Has OUTPUT written, a C++ file that holds the text of the file INPUT as holdfast::embedded::NAME, which HEADER
# declares; so that an installed binary needs no files. The same file is the script that writes it.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(READ "${INPUT}" text)
  string(FIND "${text}" ")holdfast\"" terminator)
  if(NOT terminator EQUAL -1)
    message(FATAL_ERROR "holdfast: ${INPUT} holds the end mark of a raw string")
  endif()
  get_filename_component(input_name "${INPUT}" NAME)
  file(WRITE "${OUTPUT}" "// Made from ${input_name} of fixtures by embed.cmake.
#include \"${HEADER}\"
namespace holdfast::embedded {
const std::string_view ${NAME} = R\"holdfast(${text})holdfast\";
}
")
  return()
endif()

set(holdfast_embed_script "${CMAKE_CURRENT_LIST_FILE}")
function(holdfast_embed input output name header)
  add_custom_command(OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DINPUT=${input}" "-DOUTPUT=${output}" -DNAME=${name} -DHEADER=${header}
            -P "${holdfast_embed_script}"
    DEPENDS "${input}" "${holdfast_embed_script}"
    VERBATIM)
endfunction()
