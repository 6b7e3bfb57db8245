#include "services/peer_files.h"

#include <sstream>

#include <fmt/format.h>

#include "base/log.h"

namespace cairn::services {

namespace {

constexpr std::string_view kBansHeader = "cairn-bans 1";

/// "subnet created until"
std::optional<protocol::BanEntry> parse_ban(const std::string& line)
{
    std::istringstream in(line);
    std::string subnet;
    protocol::BanEntry entry;
    std::string rest;
    if (!(in >> subnet >> entry.created >> entry.until) || in >> rest) return std::nullopt;
    const auto parsed = protocol::Subnet::parse(subnet);
    if (!parsed) return std::nullopt;
    entry.subnet = *parsed;
    return entry;
}

}  // namespace

Bytes PeerFiles::read(const std::filesystem::path& path)
{
    if (!files_.exists(path)) return {};
    return base::read_file(files_, path, kMaxFileSize);
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
    if (bytes.empty()) return {};
    std::istringstream in(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    std::string line;
    std::vector<protocol::BanEntry> bans;
    if (!std::getline(in, line) || line != kBansHeader) {
        set_aside(bans_, "unknown version");
        return {};
    }
    while (std::getline(in, line)) {
        if (auto ban = parse_ban(line)) {
            bans.push_back(*ban);
        } else {
            base::log_warning("A line of {} is no ban and was passed over: '{}'", bans_.string(), line);
        }
    }
    return bans;
}

void PeerFiles::save_bans(const std::vector<protocol::BanEntry>& bans)
{
    std::string text = std::string(kBansHeader) + "\n";
    for (const auto& ban : bans) text += fmt::format("{} {} {}\n", ban.subnet.to_string(), ban.created, ban.until);
    write(bans_, std::as_bytes(std::span{text}));
}

}  // namespace cairn::services
