// The division steps of Bernstein and Yang ("Fast constant-time gcd computation and modular inversion", 2019), 62 at a
// time, in variable time: nothing here is secret. Two numbers f (odd) and g are transformed until g is zero; the lowest
// 62 bits of both decide what 62 steps do to them, which is then done to the long numbers at once, as a matrix.

#include "crypto/num3072_inverse.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>

namespace cairn::crypto {
namespace {

using Wide = __int128;

constexpr int kStep = 62;
constexpr std::uint64_t kMask = (std::uint64_t{1} << kStep) - 1;
constexpr std::size_t kLimbs = 50;
/// The modulus is 2^3072 less this; and 3072 bits are 49 limbs and 34 bits more.
constexpr std::int64_t kComplement = 1103717;
constexpr int kTopBits = 34;

/// The sum of limb i times 2^(62 i): limbs from 0 to 2^62 - 1, but for the last, which has the sign.
using Signed = std::array<std::int64_t, kLimbs>;

Signed modulus()
{
    Signed out{};
    out.fill(static_cast<std::int64_t>(kMask));
    out[0] -= kComplement - 1;
    out[kLimbs - 1] = (std::int64_t{1} << kTopBits) - 1;
    return out;
}

Signed from_limbs(const std::array<std::uint64_t, 48>& number)
{
    Signed out{};
    for (std::size_t i = 0; i < kLimbs; ++i) {
        const std::size_t bit = i * kStep;
        std::uint64_t limb = number[bit / 64] >> (bit % 64);
        if (bit % 64 != 0 && bit / 64 + 1 < number.size()) limb |= number[bit / 64 + 1] << (64 - bit % 64);
        out[i] = static_cast<std::int64_t>(limb & kMask);
    }
    return out;
}

/// Of a number from 0 to 2^3072 - 1.
std::array<std::uint64_t, 48> to_limbs(const Signed& number)
{
    std::array<std::uint64_t, 48> out{};
    for (std::size_t i = 0; i < kLimbs; ++i) {
        const std::size_t bit = i * kStep;
        const auto limb = static_cast<std::uint64_t>(number[i]);
        out[bit / 64] |= limb << (bit % 64);
        if (bit % 64 > 2 && bit / 64 + 1 < out.size()) out[bit / 64 + 1] |= limb >> (64 - bit % 64);
    }
    return out;
}

/// What 62 steps make of f and g, times 2^62: f' = u f + v g, g' = q f + r g.
struct Matrix {
    std::int64_t u, v, q, r;
};

/// `eta` is the paper's delta with its sign turned.
Matrix division_steps(std::int64_t& eta, std::uint64_t f, std::uint64_t g)
{
    std::uint64_t u = 1;
    std::uint64_t v = 0;
    std::uint64_t q = 0;
    std::uint64_t r = 1;
    for (int left = kStep;;) {
        // Steps while g is even only halve it; the bit above those that are left ends the count.
        const int zeros = std::countr_zero(g | (~std::uint64_t{0} << left));
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) break;
        if (eta < 0) {
            eta = -eta;
            f = std::exchange(g, 0 - f);
            u = std::exchange(q, 0 - u);
            v = std::exchange(r, 0 - v);
        }
        g += f;
        q += u;
        r += v;
    }
    return {static_cast<std::int64_t>(u), static_cast<std::int64_t>(v), static_cast<std::int64_t>(q),
            static_cast<std::int64_t>(r)};
}

std::int64_t low_bits(Wide number)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) & kMask);
}

/// Exact: the lowest 62 bits of both results are zero.
void apply(const Matrix& m, Signed& f, Signed& g)
{
    Wide carry_f = (Wide{m.u} * f[0] + Wide{m.v} * g[0]) >> kStep;
    Wide carry_g = (Wide{m.q} * f[0] + Wide{m.r} * g[0]) >> kStep;
    for (std::size_t i = 1; i < kLimbs; ++i) {
        carry_f += Wide{m.u} * f[i] + Wide{m.v} * g[i];
        carry_g += Wide{m.q} * f[i] + Wide{m.r} * g[i];
        f[i - 1] = low_bits(carry_f);
        g[i - 1] = low_bits(carry_g);
        carry_f >>= kStep;
        carry_g >>= kStep;
    }
    f[kLimbs - 1] = static_cast<std::int64_t>(carry_f);
    g[kLimbs - 1] = static_cast<std::int64_t>(carry_g);
}

/// 1 / kComplement modulo 2^62, which is minus the inverse of the modulus: by Newton's iteration, bits doubling.
constexpr std::uint64_t inverse_of_complement()
{
    constexpr std::uint64_t value = kComplement;
    std::uint64_t inverse = value;
    for (int i = 0; i < 6; ++i) inverse *= 2 - value * inverse;
    return inverse & kMask;
}
static_assert((inverse_of_complement() * kComplement & kMask) == 1);

/// (a d + b e) / 2^62 modulo the modulus. May be a modulus more than what went in: a hundred such steps leave room.
Signed combine(std::int64_t a, std::int64_t b, const Signed& d, const Signed& e)
{
    Wide carry = Wide{a} * d[0] + Wide{b} * e[0];
    // So many times the modulus makes the lowest 62 bits zero; it has a lowest limb and a highest, and none between.
    const auto times = static_cast<std::int64_t>((static_cast<std::uint64_t>(carry) * inverse_of_complement()) & kMask);
    carry = (carry - Wide{times} * kComplement) >> kStep;
    Signed out;
    for (std::size_t i = 1; i < kLimbs; ++i) {
        carry += Wide{a} * d[i] + Wide{b} * e[i];
        if (i == kLimbs - 1) carry += Wide{times} << kTopBits;
        out[i - 1] = low_bits(carry);
        carry >>= kStep;
    }
    out[kLimbs - 1] = static_cast<std::int64_t>(carry);
    return out;
}

void propagate_carries(Signed& number)
{
    for (std::size_t i = 0; i + 1 < kLimbs; ++i) {
        number[i + 1] += number[i] >> kStep;
        number[i] &= static_cast<std::int64_t>(kMask);
    }
}

/// Into the range from 0 to 2^3072 - 1.
void reduce(Signed& number)
{
    while (const std::int64_t over = number[kLimbs - 1] >> kTopBits) {
        number[kLimbs - 1] -= over << kTopBits;
        number[0] += over * kComplement;
        propagate_carries(number);
    }
}

bool is_zero(const Signed& number)
{
    return std::all_of(number.begin(), number.end(), [](std::int64_t limb) { return limb == 0; });
}

}  // namespace

std::array<std::uint64_t, 48> inverse_mod_3072(const std::array<std::uint64_t, 48>& number)
{
    Signed f = modulus();
    Signed g = from_limbs(number);
    // All the while f is d times the number, and g is e times it, modulo the modulus.
    Signed d{};
    Signed e{1};
    for (std::int64_t eta = -1; !is_zero(g);) {
        const Matrix m =
            division_steps(eta, static_cast<std::uint64_t>(f[0]) | static_cast<std::uint64_t>(f[1]) << kStep,
                           static_cast<std::uint64_t>(g[0]) | static_cast<std::uint64_t>(g[1]) << kStep);
        apply(m, f, g);
        const Signed next = combine(m.u, m.v, d, e);
        e = combine(m.q, m.r, d, e);
        d = next;
    }
    // Now f is 1 or -1 (or, for zero, plus or minus the modulus, and d zero).
    if (f[kLimbs - 1] < 0) {
        for (auto& limb : d) limb = -limb;
        propagate_carries(d);
    }
    reduce(d);
    return to_limbs(d);
}

}  // namespace cairn::crypto
