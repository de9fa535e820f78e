#include "conformance/selftest/worlds.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/time/draws.h"

namespace holdfast {
namespace {

constexpr std::size_t combined_min = 2;
constexpr std::size_t combined_max = 5;

World world_of(std::vector<const VariantInfo*> variants) {
  World world;
  for (const VariantInfo* info : variants) world.settings.variants.set(info->variant);
  world.variants = std::move(variants);
  return world;
}

// Different variants, in the order of the catalogue.
std::vector<const VariantInfo*> draw_variants(Draws& draws) {
  std::vector<const VariantInfo*> chosen;
  const std::uint64_t wanted = draws.between(combined_min, combined_max);
  while (chosen.size() < wanted) {
    const VariantInfo* info = &variant_catalogue()[draws.below(variant_catalogue().size())];
    if (std::ranges::find(chosen, info) == chosen.end()) chosen.push_back(info);
  }
  std::ranges::sort(chosen);
  return chosen;
}

}  // namespace

std::vector<World> all_worlds(std::uint64_t seed, std::size_t combinations) {
  std::vector<World> worlds;
  worlds.push_back({});
  for (const VariantInfo& info : variant_catalogue()) worlds.push_back(world_of({&info}));
  for (std::size_t number = 0; number < combinations; ++number) {
    RandomDraws draws(seed, fmt::format("combination {}", number));
    worlds.push_back(world_of(draw_variants(draws)));
  }
  for (const DefectInfo& info : defect_catalogue()) {
    World world;
    world.settings.defects.set(info.defect);
    world.defect = &info;
    worlds.push_back(std::move(world));
  }
  return worlds;
}

std::string name_of(const World& world) {
  if (world.defect != nullptr) return std::string(world.defect->name);
  std::string name;
  for (const VariantInfo* info : world.variants) {
    if (!name.empty()) name += '+';
    name += info->name;
  }
  return name.empty() ? "sound" : name;
}

bool is_legal_for(const World& world, const Case& the_case) {
  // 3.1.1 has no way to say that retained messages are not available, and makes them a duty.
  return the_case.version == mqtt::Version::v5 || !world.settings.variants.has(Variant::retain_unavailable);
}

}  // namespace holdfast
