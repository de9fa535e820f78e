# Writes OUTPUT, a C++ file that holds the text of each of FILES, files of FOLDER, as holdfast::html_parts::<name>,
# and its SHA-256 in hexadecimal as <name>_sha256.
set(parts "")
foreach(file ${FILES})
  file(READ "${FOLDER}/${file}" text)
  string(FIND "${text}" ")holdfast\"" terminator)
  if(NOT terminator EQUAL -1)
    message(FATAL_ERROR "holdfast: ${file} holds the end mark of a raw string")
  endif()
  file(SHA256 "${FOLDER}/${file}" digest)
  get_filename_component(name "${file}" NAME_WE)
  string(APPEND parts "const std::string_view ${name} = R\"holdfast(${text})holdfast\";\n")
  string(APPEND parts "const std::string_view ${name}_sha256 = \"${digest}\";\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made from the files of reports/html by embed_parts.cmake.
#include \"reports/html/embedded.h\"
namespace holdfast::html_parts {
${parts}}
")
