// USES: consensus
// Compact targets: expanding agrees with writing the mantissa's bytes where the exponent says; compacting keeps what it
// can; work is the rounded quotient that it is defined as.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "consensus/proof_of_work.h"

namespace {

using namespace cairn;
using namespace cairn::consensus;

void require(bool condition)
{
    if (!condition) std::abort();
}

/// The mantissa's bytes at their places in a number of any size; the target if they fit 256 bits.
void check_expansion(std::uint32_t bits)
{
    const std::size_t exponent = bits >> 24;
    std::array<unsigned, 260> places{};
    bool any = false;
    bool beyond = false;
    for (std::size_t i = 0; i < 3; ++i) {
        const unsigned byte = bits >> 8 * i & (i == 2 ? 0x7f : 0xff);
        if (exponent + i < 3) continue;
        const std::size_t place = exponent + i - 3;
        places[place] = byte;
        any = any || byte != 0;
        beyond = beyond || (byte != 0 && place >= 32);
    }
    const CompactTarget target = expand_compact(bits);
    require(target.overflow == beyond);
    require(target.negative == (any && (bits & 0x00800000) != 0));
    if (beyond) return;
    Hash256 expected;
    for (std::size_t i = 0; i < 32; ++i) expected.bytes[i] = static_cast<std::byte>(places[i]);
    require(target.value.to_hash() == expected);
    require(expand_compact(to_compact(target.value)).value == target.value);
}

void check_compaction(const Uint256& value)
{
    const std::uint32_t bits = to_compact(value);
    const CompactTarget target = expand_compact(bits);
    require(!target.negative && !target.overflow);
    require(target.value <= value);
    require(to_compact(target.value) == bits);
    // What was cut off is less than a unit of the mantissa's last byte.
    const unsigned exponent = bits >> 24;
    const Uint256 unit = exponent > 3 ? Uint256{1} << 8 * (exponent - 3) : Uint256{1};
    require(value - target.value < unit);
}

void check_work(std::uint32_t bits)
{
    const auto target = derive_target(bits, Uint256::max());
    const ChainWork work = block_proof(bits);
    require(target.has_value() == !work.is_zero());
    if (!target || *target == Uint256::max()) return;
    // work = floor(2^256 / (target + 1)): one more would exceed 2^256, work itself does not.
    const Uint256 divisor = *target + Uint256{1};
    require((Uint256::max() - divisor) / divisor + Uint256{1} <= work);
    require(work <= Uint256::max() / divisor + Uint256{1});
    require(work == ~*target / divisor + Uint256{1});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::uint32_t bits = 0;
    if (size < sizeof bits) return 0;
    std::memcpy(&bits, data, sizeof bits);
    check_expansion(bits);
    check_work(bits);
    Hash256 number;
    std::memcpy(number.bytes.data(), data, size < 32 ? size : 32);
    check_compaction(Uint256::from_hash(number));
    return 0;
}
