# Writes OUTPUT, a C++ file that holds the text of INPUT as holdfast::embedded::NAME.
file(READ "${INPUT}" text)
string(FIND "${text}" ")holdfast\"" terminator)
if(NOT terminator EQUAL -1)
  message(FATAL_ERROR "holdfast: ${INPUT} holds the end mark of a raw string")
endif()
file(WRITE "${OUTPUT}" "// Made from a table in fixtures/spec by embed.cmake.
#include \"reports/requirements/embedded.h\"
namespace holdfast::embedded {
const std::string_view ${NAME} = R\"holdfast(${text})holdfast\";
}
")
