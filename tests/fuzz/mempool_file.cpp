// USES: services
// mempool.dat: what decodes is written again in both formats, and decodes to the same.

#include "services/mempool_file.h"

#include <cstdint>
#include <cstdlib>
#include <span>

using namespace cairn;
using services::SavedMempool;

namespace {

bool same(const SavedMempool& a, const SavedMempool& b)
{
    if (a.entries.size() != b.entries.size() || a.deltas != b.deltas || a.unbroadcast != b.unbroadcast) return false;
    for (std::size_t i = 0; i < a.entries.size(); ++i) {
        const auto& one = a.entries[i];
        const auto& other = b.entries[i];
        if (one.transaction->wtxid != other.transaction->wtxid || one.time != other.time) return false;
        if (one.fee_delta != other.fee_delta) return false;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto input = std::as_bytes(std::span{data, size});
    const auto decoded = services::decode_mempool_file(Bytes(input.begin(), input.end()));
    if (!decoded) return 0;
    const services::MempoolFileKey key{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}};
    for (const auto& chosen : {std::optional<services::MempoolFileKey>{}, std::optional{key}}) {
        const auto again = services::decode_mempool_file(services::encode_mempool_file(*decoded, chosen));
        if (!again || !same(*decoded, *again)) std::abort();
    }
    return 0;
}
