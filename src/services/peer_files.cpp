#include "services/peer_files.h"

#include "base/io_error.h"
#include "base/log.h"
#include "services/ban_list.h"

namespace cairn::services {

Bytes PeerFiles::read(const std::filesystem::path& path)
try {
    if (!files_.exists(path)) return {};
    return base::read_file(files_, path, kMaxFileSize);
} catch (const base::IoError& error) {
    set_aside(path, error.what());
    return {};
}

void PeerFiles::write(const std::filesystem::path& path, ByteSpan bytes)
{
    try {
        base::replace_file(files_, path, bytes);
    } catch (const base::IoError& error) {
        base::log_warning("Cannot save {}: {}", path.string(), error.what());
    }
}

void PeerFiles::set_aside(const std::filesystem::path& path, const std::string& why)
{
    auto aside = path;
    aside += ".bak";
    base::log_warning("Invalid or corrupt {} ({}). It was moved to {}, and a new one is begun.", path.string(), why,
                      aside.string());
    files_.rename(path, aside);
}

void PeerFiles::load_addresses(protocol::AddressManager& addresses, protocol::Time now)
{
    const auto bytes = read(addresses_);
    if (bytes.empty()) return;
    if (const auto decoded = addresses.decode(bytes, now); !decoded) return set_aside(addresses_, decoded.error());
    base::log_info("Loaded {} addresses from addresses.dat", addresses.size());
}

void PeerFiles::save_addresses(const Bytes& encoded)
{
    write(addresses_, encoded);
}

std::vector<protocol::BanEntry> PeerFiles::load_bans()
{
    const auto bytes = read(bans_);
    auto decoded = decode_bans({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!decoded) {
        if (!bytes.empty()) set_aside(bans_, "no list of bans");
        base::log_info("Recreating the banlist database");
        save_bans({});
        return {};
    }
    for (const auto& entry : decoded->passed_over) {
        base::log_warning("An entry of {} is no ban and was passed over: {}", bans_.string(), entry);
    }
    return std::move(decoded->bans);
}

void PeerFiles::save_bans(const std::vector<protocol::BanEntry>& bans)
{
    const auto text = encode_bans(bans);
    write(bans_, std::as_bytes(std::span{text}));
}

}  // namespace cairn::services
