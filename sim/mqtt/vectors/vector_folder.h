// The files of fixtures/packets.
#pragma once

#include <map>
#include <string>

namespace holdfast::mqtt {

// The text of every file by its name, such as "5/client/n_publish.txt".
std::map<std::string, std::string> vector_files();

}  // namespace holdfast::mqtt
