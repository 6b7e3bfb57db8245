#pragma once
// What the peer-to-peer side keeps between runs: the addresses it knows (addresses.dat, beside and not in place of
// Bitcoin Core's peers.dat: docs/formats/peers.md) and the bans (banlist.json, as Bitcoin Core has it, which protect
// the owner also after a change of programs: docs/formats/bans.md).

#include <filesystem>
#include <vector>

#include "base/file_system.h"
#include "protocol/address_manager.h"
#include "protocol/peer_stats.h"

namespace cairn::services {

/// A file that cannot be read is moved aside, with a line in the log: it holds nothing that cannot be learnt again.
class PeerFiles {
public:
    PeerFiles(base::FileSystem& files, const std::filesystem::path& folder)
        : files_(files), addresses_(folder / "addresses.dat"), bans_(folder / "banlist.json")
    {
    }

    void load_addresses(protocol::AddressManager& addresses, protocol::Time now);
    /// Failures are logged: the node runs on.
    void save_addresses(const Bytes& encoded);
    /// Where there is no list, an empty one is written.
    std::vector<protocol::BanEntry> load_bans();
    void save_bans(const std::vector<protocol::BanEntry>& bans);

private:
    static constexpr std::uint64_t kMaxFileSize = std::uint64_t{64} << 20;

    Bytes read(const std::filesystem::path& path);
    void write(const std::filesystem::path& path, ByteSpan bytes);
    void set_aside(const std::filesystem::path& path, const std::string& why);

    base::FileSystem& files_;
    std::filesystem::path addresses_;
    std::filesystem::path bans_;
};

}  // namespace cairn::services
