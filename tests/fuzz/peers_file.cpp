// USES: protocol
// The address manager's file: whatever a right checksum covers is refused or gives consistent tables, which encode.

#include <cstdlib>

#include "crypto/sha256.h"
#include "protocol/address_manager.h"

using namespace cairn;
using namespace cairn::protocol;

namespace {

class CountingRandom final : public Random {
public:
    std::uint64_t next() override { return state_ = state_ * 6364136223846793005U + 1442695040888963407U; }

private:
    std::uint64_t state_ = 1;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan input = std::as_bytes(std::span{data, size});
    constexpr std::string_view kHead("CAIRNADR\1\0\0\0", 12);
    const ByteSpan head = std::as_bytes(std::span{kHead});
    Bytes file(head.begin(), head.end());
    file.insert(file.end(), input.begin(), input.end());
    const Hash256 checksum = crypto::sha256d(file);
    file.insert(file.end(), checksum.bytes.begin(), checksum.bytes.end());
    CountingRandom random;
    AddressManager manager(Hash256{}, random);
    const Time now = from_unix(1'700'000'000);
    if (!manager.decode(file, now)) return 0;
    if (!manager.check().empty()) std::abort();
    AddressManager again(Hash256{}, random);
    if (!again.decode(manager.encode(), now) || again.size() != manager.size()) std::abort();
    return 0;
}
