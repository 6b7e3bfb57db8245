#include "wallet/wallet_folder.h"

#include <algorithm>
#include <string_view>

#include "base/log.h"
#include "base/symlink.h"

namespace cairn::wallet {
namespace {

constexpr std::string_view kFileMagic{"SQLite format 3\0", 16};
constexpr std::uint64_t kApplicationIdAt = 68;
/// Of a B-tree file of Berkeley DB, in either byte order, where it stands, and how large such a file is at least.
constexpr std::array<std::byte, 4> kLegacyMagic{std::byte{0x62}, std::byte{0x31}, std::byte{0x05}, std::byte{0x00}};
constexpr std::uint64_t kLegacyMagicAt = 12;
constexpr std::uint64_t kLegacyMinSize = 4096;

constexpr const char* kLegacyWarning =
    "This wallet is a legacy wallet and will need to be migrated with migratewallet before it can be loaded";

/// `size` bytes of a file from `offset` on, or fewer where it ends before.
std::vector<std::byte> piece_of(base::FileSystem& files, const std::filesystem::path& path, std::uint64_t offset,
                                std::size_t size)
{
    std::vector<std::byte> bytes(size);
    bytes.resize(files.open(path, base::OpenMode::kRead)->read_at(offset, bytes));
    return bytes;
}

}  // namespace

std::expected<std::filesystem::path, std::string> WalletFolder::folder_of(const std::string& name) const
{
    if (name.empty()) return folder_;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(name, is_control)) return std::unexpected("Wallet name must not have control characters");
    const std::filesystem::path path{name};
    if (path.native() != path.lexically_normal().native()) {
        return std::unexpected("Wallet name given as a path must be normalized");
    }
    if (*path.begin() == "." || *path.begin() == "..") {
        return std::unexpected(
            "Wallet name given as a relative path cannot begin with ./ or ../, for wallets not in the walletdir, "
            "please use an absolute path.");
    }
    if (path.root_path() == path) return std::unexpected("Wallet name cannot be the root path");
    const std::filesystem::path folder = folder_ / path;
    try {
        const bool is_folder = files_.is_directory(folder);
        const bool is_file = !is_folder && files_.exists(folder);
        if (is_folder || (!is_file && !base::is_symlink(folder))) return folder;
        if (is_file && !base::is_symlink(folder) && path.filename() == path) return folder;
    } catch (const base::IoError& error) {
        return std::unexpected("Failed to access database path '" + folder.string() + "': " + error.what());
    }
    return std::unexpected("Invalid -wallet path '" + name +
                           "'. -wallet path should point to a directory where wallet.dat and database/log.?????????? "
                           "files can be stored, a location where such a directory could be created, or (for backwards "
                           "compatibility) the name of an existing data file in -walletdir (\"" +
                           folder_.string() + "\")");
}

bool WalletFolder::is_wallet_file(const std::filesystem::path& path) const
{
    if (!files_.exists(path) || files_.is_directory(path)) return false;
    return std::ranges::equal(piece_of(files_, path, 0, kFileMagic.size()), std::as_bytes(std::span{kFileMagic}));
}

bool WalletFolder::is_of_this_network(const std::filesystem::path& path) const
{
    return std::ranges::equal(piece_of(files_, path, kApplicationIdAt, magic_.size()),
                              std::as_bytes(std::span{magic_}));
}

bool WalletFolder::is_legacy_file(const std::filesystem::path& path) const
{
    if (!files_.exists(path) || files_.is_directory(path) || files_.file_size(path) < kLegacyMinSize) return false;
    const auto magic = piece_of(files_, path, kLegacyMagicAt, kLegacyMagic.size());
    return std::ranges::equal(magic, kLegacyMagic) ||
           std::equal(magic.begin(), magic.end(), kLegacyMagic.rbegin(), kLegacyMagic.rend());
}

WalletFolder::Content WalletFolder::content_of(const std::filesystem::path& folder) const
{
    const bool is_wallet = is_wallet_file(file_in(folder));
    const bool is_legacy = is_legacy_file(files_.is_directory(folder) ? file_in(folder) : folder);
    return is_wallet ? Content::kWallet : is_legacy ? Content::kLegacyWallet : Content::kNothing;
}

void WalletFolder::look_at(const std::filesystem::path& relative, const Paths& open,
                           std::vector<api::WalletListing>& found) const
{
    const auto path = folder_ / relative;
    const bool is_top = !relative.has_parent_path();
    const bool is_folder = files_.is_directory(path);
    if (!is_folder && (!is_top || base::is_symlink(path) || path.extension() == ".bak")) return;
    // The file wallet.dat beside the folders is the unnamed wallet.
    const bool is_unnamed = !is_folder && relative == "wallet.dat";
    const auto folder = is_unnamed ? folder_ : path;
    const std::string name = is_unnamed ? "" : relative.string();
    if (std::ranges::find(open, folder) != open.end()) {
        found.push_back({name, {}});
    } else if (is_folder || is_unnamed) {
        const Content content = content_of(folder);
        if (content == Content::kLegacyWallet) found.push_back({name, {kLegacyWarning}});
        if (content == Content::kWallet && is_of_this_network(file_in(folder))) found.push_back({name, {}});
    } else if (is_legacy_file(path)) {
        found.push_back({name, {kLegacyWarning}});
    }
    // No bound but the longest path there can be.
    if (is_folder && !base::is_symlink(path)) collect(relative, open, found);
}

void WalletFolder::collect(const std::filesystem::path& relative, const Paths& open,
                           std::vector<api::WalletListing>& found) const
{
    for (const std::string& entry : files_.list(folder_ / relative)) {
        try {
            look_at(relative / entry, open, found);
        } catch (const base::IoError& error) {
            base::log_warning("Error while scanning wallet dir item: {} [{}].", error.what(),
                              (folder_ / relative / entry).string());
        }
    }
}

std::vector<api::WalletListing> WalletFolder::listing(const Paths& open) const
{
    std::vector<api::WalletListing> found;
    try {
        if (files_.is_directory(folder_)) collect("", open, found);
    } catch (const base::IoError& error) {
        base::log_warning("Error scanning directory entries under {}: {}", folder_.string(), error.what());
    }
    std::ranges::sort(found, {}, &api::WalletListing::name);
    return found;
}

}  // namespace cairn::wallet
