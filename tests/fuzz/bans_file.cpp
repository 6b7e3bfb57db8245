// USES: services
// The list of bans: whatever the file holds, what was read of it is written and read again as it is.

#include <cstdlib>

#include "services/ban_list.h"

using namespace cairn::services;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // Every input is tried as the entries of a list, too.
    const std::string input(reinterpret_cast<const char*>(data), size);
    for (const std::string& text : {input, R"({"banned_nets":[)" + input + "]}"}) {
        const auto decoded = decode_bans(text);
        if (!decoded) continue;
        const std::string written = encode_bans(decoded->bans);
        const auto again = decode_bans(written);
        if (!again || !again->passed_over.empty() || again->bans.size() != decoded->bans.size()) std::abort();
        for (std::size_t i = 0; i < again->bans.size(); ++i) {
            const cairn::protocol::BanEntry& a = decoded->bans[i];
            const cairn::protocol::BanEntry& b = again->bans[i];
            if (a.subnet != b.subnet || a.created != b.created || a.until != b.until) std::abort();
        }
        if (encode_bans(again->bans) != written) std::abort();
    }
    return 0;
}
