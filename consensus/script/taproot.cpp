#include "consensus/script/taproot.h"

#include <algorithm>
#include <cassert>

#include "crypto/sha256.h"

namespace cairn::consensus {

Hash256 tapleaf_hash(std::uint8_t leaf_version, ByteSpan script)
{
    static const crypto::Sha256 start = crypto::tagged_hasher("TapLeaf");
    crypto::Sha256 hasher = start;
    return hasher.write(std::byte{leaf_version}).write_compact_size(script.size()).write(script).finish();
}

Hash256 tapbranch_hash(const Hash256& a, const Hash256& b)
{
    static const crypto::Sha256 start = crypto::tagged_hasher("TapBranch");
    crypto::Sha256 hasher = start;
    return hasher.write(std::min(a, b).span()).write(std::max(a, b).span()).finish();
}

bool is_control_block_size(std::size_t size)
{
    return size >= kTaprootControlBaseSize && size <= kTaprootControlMaxSize &&
           (size - kTaprootControlBaseSize) % kTaprootControlNodeSize == 0;
}

Hash256 taproot_merkle_root(ByteSpan control, const Hash256& leaf_hash)
{
    assert(is_control_block_size(control.size()));
    Hash256 node = leaf_hash;
    for (ByteSpan path = control.subspan(kTaprootControlBaseSize); !path.empty(); path = path.subspan(32)) {
        Hash256 sibling;
        std::copy_n(path.begin(), 32, sibling.bytes.begin());
        node = tapbranch_hash(node, sibling);
    }
    return node;
}

}  // namespace cairn::consensus
