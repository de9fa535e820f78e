// Goal: decoding to views takes no memory, and encoding them none but the output's. Method: count the calls
// of operator new, which this file replaces for the whole test program.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "sim/mqtt/packet_generator.h"
#include "sim/mqtt/view.h"

namespace {
std::size_t allocations = 0;
}

// Not inlined: g++ would see malloc on one side and this operator on the other, and warn of a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace holdfast::mqtt {
namespace {

TEST(Allocation, ViewsTakeNoMemory) {
  for (const Version version : {Version::v3_1_1, Version::v5}) {
    for (const Sender sender : {Sender::client, Sender::server}) {
      PacketGenerator generator(13, version, sender);
      DecodedView decoded;
      Bytes out;
      out.reserve(1'000'000);
      for (int i = 0; i < 2'000; ++i) {
        const Packet packet = generator.packet();
        const Bytes bytes = encode(packet, version);
        const std::size_t before = allocations;
        const ViewResult result = decode_view(bytes, {version, sender}, decoded);
        ASSERT_TRUE(std::holds_alternative<Whole>(result));
        if (!decoded.notes.empty()) continue;
        out.clear();
        encode(decoded.packet, version, out);
        ASSERT_EQ(allocations, before) << to_text(packet, version);
      }
    }
  }
  EXPECT_GT(allocations, 0u);
}

}  // namespace
}  // namespace holdfast::mqtt
