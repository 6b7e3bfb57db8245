#include "crypto/siphash.h"

#include <bit>

#include "crypto/endian.h"

namespace cairn::crypto {
namespace {

class State {
public:
    explicit State(SipKey key)
        : v0_(0x736f6d6570736575U ^ key.k0),
          v1_(0x646f72616e646f6dU ^ key.k1),
          v2_(0x6c7967656e657261U ^ key.k0),
          v3_(0x7465646279746573U ^ key.k1)
    {
    }

    void take(std::uint64_t word)
    {
        v3_ ^= word;
        round();
        round();
        v0_ ^= word;
    }

    std::uint64_t finish()
    {
        v2_ ^= 0xff;
        for (int i = 0; i < 4; ++i) round();
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

private:
    void round()
    {
        v0_ += v1_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v3_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ += v3_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ += v1_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_;
    std::uint64_t v1_;
    std::uint64_t v2_;
    std::uint64_t v3_;
};

State after_hash(SipKey key, const Hash256& value)
{
    State state{key};
    for (std::size_t i = 0; i < 4; ++i) state.take(load_little<std::uint64_t>(value.bytes.data() + 8 * i));
    return state;
}

}  // namespace

std::uint64_t siphash(SipKey key, ByteSpan bytes)
{
    State state{key};
    // The last word holds the size's lowest byte on top, and what is left of the input below.
    std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) state.take(load_little<std::uint64_t>(bytes.data()));
    for (std::size_t i = 0; i < bytes.size(); ++i) last |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    state.take(last);
    return state.finish();
}

std::uint64_t siphash(SipKey key, const Hash256& value)
{
    State state = after_hash(key, value);
    state.take(std::uint64_t{32} << 56);
    return state.finish();
}

std::uint64_t siphash(SipKey key, const Hash256& value, std::uint32_t extra)
{
    State state = after_hash(key, value);
    state.take((std::uint64_t{36} << 56) | extra);
    return state.finish();
}

}  // namespace cairn::crypto
