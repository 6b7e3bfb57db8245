// Copies of a wallet's file.

#include <algorithm>

#include "base/log.h"
#include "base/symlink.h"
#include "base/thread.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {

bool LoadedWallet::is_file(const std::filesystem::path& path) const
{
    const Lock lock{mutex_};
    return database_ && base::resolve_symlinks(path) == base::resolve_symlinks(database_->path());
}

std::optional<std::string> LoadedWallet::reason_to_keep(const std::filesystem::path& target) const
{
    base::FileSystem& files = around().files;
    if (target == base::resolve_symlinks(database_->path())) return "It is the wallet's own file.";
    if (!files.exists(target)) return std::nullopt;
    if (files.is_directory(target)) return "It is a folder.";
    if (files.file_size(target) == 0) return std::nullopt;
    const auto theirs = Database::keys_in(target, record_key("walletdescriptor"));
    if (!theirs) return "It is there already, and no wallet that could be replaced: " + theirs.error() + '.';
    const bool has_all =
        std::ranges::all_of(*theirs, [this](const Bytes& key) { return database_->read(key).has_value(); });
    if (has_all) return std::nullopt;
    return "It is a backup of another wallet, with keys that this one does not have: move it away first.";
}

api::Result<void> LoadedWallet::backup(const std::string& path)
{
    const Lock lock = enter();
    if (auto error = closed()) return std::unexpected(*error);
    base::FileSystem& files = around().files;
    const auto failed = [&](const std::string& why) {
        base::log_error("Backup of wallet {} to {} failed. {}", name_, path, why);
        return refuse(api::ErrorCode::kWallet, "Error: Wallet backup failed! " + why);
    };
    if (path.empty()) return failed("The destination is empty.");
    const auto target = base::resolve_symlinks(path);
    auto draft = target;
    draft += ".backing-up";
    try {
        if (auto reason = reason_to_keep(target)) return failed(*reason);
        write_best_block();
        // Beside it, and renamed when it is whole: an older backup is there until the new one is.
        for (const char* leftover : {"", "-journal"}) files.remove(draft.string() + leftover);
        database_->copy_to(files, draft);
        files.rename(draft, target);
        files.sync_directory(target.parent_path());
    } catch (const base::EnvironmentError&) {
        const std::string reason = base::describe(std::current_exception());
        try {
            files.remove(draft);
        } catch (const base::IoError& error) {
            // It could not be made, perhaps; the first error says more.
            base::log_debug(base::LogCategory::kWalletDb, "{}", error.what());
        }
        return failed(reason);
    }
    return {};
}

}  // namespace cairn::wallet
