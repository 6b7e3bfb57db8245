#pragma once
// Where the wallets of a node lie: from names to folders, and which folders hold a wallet. Inner header of wallet.
//
// A name is a folder below the wallets' folder, an absolute path, or empty: the wallets' folder itself ("the unnamed
// wallet"). Source: Bitcoin Core's wallet names, so that its folders and settings.json are taken over as they are.

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "api/wallet_values.h"
#include "base/file_system.h"

namespace cairn::wallet {

class WalletFolder {
public:
    /// `files` must outlive it. Wallets that listing() is to find carry `magic`.
    WalletFolder(base::FileSystem& files, std::filesystem::path folder, std::array<std::uint8_t, 4> magic)
        : files_(files), folder_(std::move(folder)), magic_(magic)
    {
    }

    /// The folder of the wallet of that name, there or not; what is wrong with the name (Bitcoin Core's text).
    std::expected<std::filesystem::path, std::string> folder_of(const std::string& name) const;
    static std::filesystem::path file_in(const std::filesystem::path& folder) { return folder / "wallet.dat"; }

    enum class Content { kNothing, kWallet, kLegacyWallet };
    /// What lies there; a file in place of the folder may be a legacy wallet.
    Content content_of(const std::filesystem::path& folder) const;
    /// Whether it begins as wallet files do.
    bool is_wallet_file(const std::filesystem::path& path) const;

    /// All wallets of this network below the wallets' folder, by path. What cannot be looked into is logged and passed
    /// over. Symbolic links are followed to a wallet and not further. Files of `open` folders are wallets without a
    /// look: to close a second handle of a file would give up SQLite's lock on it (POSIX).
    std::vector<api::WalletListing> listing(const std::vector<std::filesystem::path>& open) const;

private:
    using Paths = std::vector<std::filesystem::path>;
    void collect(const std::filesystem::path& relative, const Paths& open,
                 std::vector<api::WalletListing>& found) const;
    void look_at(const std::filesystem::path& relative, const Paths& open,
                 std::vector<api::WalletListing>& found) const;
    bool is_legacy_file(const std::filesystem::path& path) const;
    bool is_of_this_network(const std::filesystem::path& path) const;

    base::FileSystem& files_;
    std::filesystem::path folder_;
    std::array<std::uint8_t, 4> magic_;
};

}  // namespace cairn::wallet
