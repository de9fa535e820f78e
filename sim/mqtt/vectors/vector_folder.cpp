#include "sim/mqtt/vectors/vector_folder.h"

#include <vector>

#include "sim/mqtt/vectors/packet_vector.h"

namespace holdfast::mqtt {

std::map<std::string, std::string> vector_files() {
  const std::vector<PacketVector> all = all_vectors();
  std::map<std::string, std::vector<const PacketVector*>> by_file;
  for (const PacketVector& vector : all) by_file[file_name(vector)].push_back(&vector);
  std::map<std::string, std::string> texts;
  for (const auto& [name, vectors] : by_file) texts.emplace(name, file_text(vectors));
  return texts;
}

}  // namespace holdfast::mqtt
