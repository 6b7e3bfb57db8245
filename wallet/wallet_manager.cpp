#include "wallet/wallet_manager.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <utility>

#include "base/log.h"
#include "base/thread.h"
#include "crypto/hex.h"
#include "wallet/claims.h"
#include "wallet/loaded_wallet.h"
#include "wallet/wallet_folder.h"

namespace cairn::wallet {
namespace {

using api::ErrorCode;

void copy_file(base::FileSystem& files, const std::filesystem::path& from, const std::filesystem::path& to)
{
    const auto source = files.open(from, base::OpenMode::kRead);
    const auto target = files.open(to, base::OpenMode::kCreate);
    Bytes piece(1 << 20);
    for (std::uint64_t at = 0;;) {
        const std::size_t size = source->read_at(at, piece);
        if (size == 0) break;
        target->write_at(at, ByteSpan{piece}.first(size));
        at += size;
    }
    target->sync();
}

class Manager final : public WalletManager {
public:
    Manager(WalletSettings settings, Surroundings surroundings)
        : shared_{std::move(settings), surroundings, make_context(surroundings.random), {}},
          folder_(surroundings.files, shared_.settings.folder, shared_.settings.network_magic)
    {
    }
    ~Manager() override { close(); }

    std::vector<api::WalletRef> loaded() const override
    {
        const std::lock_guard lock{mutex_};
        return {wallets_.begin(), wallets_.end()};
    }

    api::WalletRef find(const std::string& name) const override { return find_loaded(name); }

    std::vector<api::WalletListing> in_folder() const override
    {
        std::vector<std::filesystem::path> open;
        for (const auto& wallet : snapshot()) {
            if (const auto folder = folder_.folder_of(wallet->name())) open.push_back(*folder);
        }
        return folder_.listing(open);
    }

    api::Result<api::WalletOutcome> create(const api::WalletOptions& options) override
    {
        if (auto error = check_options(options)) return std::unexpected(std::move(*error));
        const auto folder = folder_of(options.name);
        if (!folder) return std::unexpected(prefixed(kBadFile, folder.error()));
        const auto claim = claims_.take(options.name);
        if (!claim) return refuse(ErrorCode::kWallet, kAlreadyLoading);
        const auto path = WalletFolder::file_in(*folder);
        try {
            if (files().exists(path) || folder_.content_of(*folder) != WalletFolder::Content::kNothing) {
                return refuse(ErrorCode::kWallet, std::string(kBadFile) + "Failed to create database path '" +
                                                      folder->string() + "'. Database already exists.");
            }
            files().create_directories(*folder);
        } catch (const base::IoError&) {
            return refuse(ErrorCode::kWallet, std::string(kBadFile) + "Failed to create database path '" +
                                                  folder->string() + "': " + base::describe(std::current_exception()));
        }
        auto made = make(path, options);
        if (!made) return std::unexpected(prefixed(kBadFile, std::move(made.error())));
        auto outcome = follow(*made, path);
        if (!outcome) return std::unexpected(prefixed(kBadContents, std::move(outcome.error())));
        if (!shared_.settings.notice.empty()) outcome->warnings.push_back(shared_.settings.notice);
        remember(options.name, options.load_on_startup, *outcome);
        return outcome;
    }

    api::Result<api::WalletOutcome> load(const std::string& name, std::optional<bool> load_on_startup) override
    {
        const auto claim = claims_.take(name);
        if (!claim) return refuse(ErrorCode::kWallet, kAlreadyLoading);
        if (find_loaded(name)) {
            return refuse(ErrorCode::kWalletAlreadyLoaded, "Wallet \"" + name + "\" is already loaded.");
        }
        auto outcome = open(name);
        if (outcome) remember(name, load_on_startup, *outcome);
        return outcome;
    }

    api::Result<api::WalletOutcome> unload(const std::string& name, std::optional<bool> load_on_startup) override
    {
        const auto wallet = find_loaded(name);
        if (!wallet) {
            return refuse(ErrorCode::kWalletNotFound, "Requested wallet does not exist or is not loaded");
        }
        if (wallet->is_scanning()) {
            return refuse(ErrorCode::kWallet, "Wallet is currently rescanning. Abort existing rescan or wait.");
        }
        {
            const std::lock_guard lock{mutex_};
            if (std::erase(wallets_, wallet) == 0) {
                return refuse(ErrorCode::kMisc, "Requested wallet already unloaded");
            }
        }
        wallet->close();
        api::WalletOutcome outcome{name, {}};
        remember(name, load_on_startup, outcome);
        return outcome;
    }

    api::Result<api::WalletOutcome> restore(const std::string& name, const std::string& backup_path,
                                            std::optional<bool> load_on_startup) override
    {
        if (name.empty()) return refuse(ErrorCode::kInvalidParameter, kNoName);
        const auto folder = folder_of(name);
        if (!folder) return std::unexpected(prefixed(kBadFile, folder.error()));
        const auto claim = claims_.take(name);
        if (!claim) return refuse(ErrorCode::kWallet, kAlreadyLoading);
        const auto path = WalletFolder::file_in(*folder);
        bool makes_folder = false;
        try {
            if (!files().exists(backup_path)) return refuse(ErrorCode::kInvalidParameter, "Backup file does not exist");
            if (files().exists(*folder) && !files().is_directory(*folder)) {
                return refuse(ErrorCode::kWalletAlreadyExists,
                              "Failed to restore wallet. Database file exists '" + folder->string() + "'.");
            }
            if (files().exists(path)) {
                return refuse(ErrorCode::kWalletAlreadyExists,
                              "Failed to restore wallet. Database file exists in '" + path.string() + "'.");
            }
            makes_folder = !files().exists(*folder);
            if (auto error = copy_backup(backup_path, *folder)) return std::unexpected(std::move(*error));
        } catch (const base::IoError&) {
            for (const auto& made : {draft_in(*folder), path}) take_back(made, makes_folder);
            return refuse(ErrorCode::kWallet,
                          std::string("Failed to restore wallet. ") + base::describe(std::current_exception()));
        }
        auto outcome = open(name);
        if (outcome) {
            remember(name, load_on_startup, *outcome);
        } else {
            take_back(path, makes_folder);
        }
        return outcome;
    }

    api::Result<std::vector<std::string>> load_all(const std::optional<std::vector<std::string>>& names) override
    {
        std::vector<std::string> warnings;
        std::vector<std::string> wanted = names.value_or(std::vector<std::string>{});
        if (!names && folder_.content_of(shared_.settings.folder) == WalletFolder::Content::kWallet) {
            wanted.emplace_back();
        }
        std::set<std::filesystem::path> seen;
        for (const std::string& name : wanted) {
            const auto folder = folder_of(name);
            if (!folder) return std::unexpected(folder.error());
            if (!seen.insert(*folder).second) {
                warnings.push_back("Ignoring duplicate -wallet " + name + ".");
                continue;
            }
            if (auto skipped = reason_to_skip(*folder)) {
                warnings.push_back(std::move(*skipped));
                continue;
            }
            if (auto error = load_at_start(name, warnings)) return std::unexpected(std::move(*error));
        }
        return warnings;
    }

    void close() override
    {
        claims_.close();
        std::vector<std::shared_ptr<LoadedWallet>> all;
        {
            const std::lock_guard lock{mutex_};
            all.swap(wallets_);
        }
        for (const auto& wallet : all) wallet->close();
        claims_.reopen();
    }

    base::LockedMemory::Use locked_memory() const override { return shared_.memory.use(); }

private:
    // What RPC answers begin with; an error at the start of the node does not.
    static constexpr std::string_view kBadFile = "Wallet file verification failed. ";
    static constexpr std::string_view kBadContents = "Wallet loading failed. ";
    static constexpr const char* kNoName = "Wallet name cannot be empty";
    static constexpr const char* kAlreadyLoading = "Wallet already loading.";

    static crypto::SigningContext make_context(base::Random& random)
    {
        std::array<std::byte, 32> entropy{};
        random.fill(entropy);
        return crypto::SigningContext{entropy};
    }

    base::FileSystem& files() const { return shared_.surroundings.files; }

    std::vector<std::shared_ptr<LoadedWallet>> snapshot() const
    {
        const std::lock_guard lock{mutex_};
        return wallets_;
    }

    std::shared_ptr<LoadedWallet> find_loaded(const std::string& name) const
    {
        const auto all = snapshot();
        const auto found = std::ranges::find_if(all, [&](const auto& wallet) { return wallet->name() == name; });
        return found == all.end() ? nullptr : *found;
    }

    api::Result<std::filesystem::path> folder_of(const std::string& name) const
    {
        auto folder = folder_.folder_of(name);
        if (!folder) return refuse(ErrorCode::kWallet, std::move(folder.error()));
        return std::move(*folder);
    }

    static api::Error prefixed(std::string_view prefix, api::Error error)
    {
        error.message.insert(0, prefix);
        return error;
    }
    static std::optional<api::Error> check_options(const api::WalletOptions& options)
    {
        if (options.name.empty()) return api::Error{ErrorCode::kInvalidParameter, kNoName};
        if (options.disable_private_keys && !options.passphrase.empty()) {
            return api::Error{
                ErrorCode::kWallet,
                "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt private "
                "keys, so cannot be used for wallets with private keys disabled."};
        }
        return std::nullopt;
    }
    static api::Error not_there(const std::filesystem::path& folder)
    {
        return {ErrorCode::kWalletNotFound,
                "Failed to load database path '" + folder.string() + "'. Path does not exist."};
    }
    static api::Error unrecognized(const std::filesystem::path& folder)
    {
        return {ErrorCode::kWalletNotFound,
                "Failed to load database path '" + folder.string() + "'. Data is not in recognized format."};
    }
    static api::Error legacy(const std::filesystem::path& folder)
    {
        return {ErrorCode::kWalletNotFound,
                "Failed to open database path '" + folder.string() +
                    "'. The wallet appears to be a Legacy wallet, please use the wallet migration tool (migratewallet "
                    "RPC of Bitcoin Core)."};
    }

    std::optional<std::string> reason_to_skip(const std::filesystem::path& folder) const
    {
        if (!files().exists(folder)) {
            return "Skipping -wallet path that doesn't exist. " + not_there(folder).message;
        }
        if (folder_.content_of(folder) == WalletFolder::Content::kLegacyWallet) return legacy(folder).message;
        return std::nullopt;
    }

    std::optional<api::Error> load_at_start(const std::string& name, std::vector<std::string>& warnings)
    {
        if (find_loaded(name)) return std::nullopt;
        auto database = open_file(name);
        if (!database) return database.error();
        const auto outcome = load_from(name, std::move(*database));
        if (!outcome) return outcome.error();
        warnings.insert(warnings.end(), outcome->warnings.begin(), outcome->warnings.end());
        return std::nullopt;
    }

    using Made = api::Result<std::shared_ptr<LoadedWallet>>;

    /// The file has another name until it is whole: killed on the way, no half-made wallet is left in its place. What
    /// was derived for it is not derived again.
    Made make(const std::filesystem::path& path, const api::WalletOptions& options)
    {
        std::array<std::byte, 8> unique{};
        shared_.surroundings.random.fill(unique);
        auto draft = path;
        draft += ".creating-" + to_hex(unique);
        const auto wallet = std::make_shared<LoadedWallet>(shared_, options.name, nullptr);
        try {
            auto database = Database::open(files(), draft, shared_.settings.network_magic, Database::Mode::kNew);
            if (!database) return refuse(ErrorCode::kWallet, std::move(database.error()));
            wallet->continue_with(std::move(*database));
            wallet->initialise(options);
            wallet->continue_with(nullptr);
            files().rename(draft, path);
            files().sync_directory(path.parent_path());
        } catch (const base::EnvironmentError&) {
            auto failure = describe_failure();
            wallet->continue_with(nullptr);
            // Nobody has been given a key of it.
            for (const auto& made : {draft, path}) remove_quietly(made);
            return failure;
        }
        auto database = open_file(options.name);
        if (!database) return std::unexpected(std::move(database.error()));
        wallet->continue_with(std::move(*database));
        return wallet;
    }

    static std::filesystem::path draft_in(const std::filesystem::path& folder)
    {
        auto draft = WalletFolder::file_in(folder);
        return draft += ".restoring";
    }

    /// What a failed restore made. Never more than that: a folder goes only if it is empty.
    void take_back(const std::filesystem::path& file, bool with_folder) const
    {
        remove_quietly(file);
        if (with_folder) remove_quietly(file.parent_path());
    }

    void remove_quietly(const std::filesystem::path& path) const
    {
        try {
            files().remove(path);
        } catch (const base::IoError& error) {
            base::log_warning("What a failure has left: {}", error.what());
        }
    }

    /// Of what is being thrown: the environment's refusals are the call's errors, with what the owner can do.
    static std::unexpected<api::Error> describe_failure()
    {
        return refuse(ErrorCode::kWallet, base::describe(std::current_exception()));
    }

    std::optional<api::Error> copy_backup(const std::filesystem::path& from, const std::filesystem::path& folder)
    {
        const auto draft = draft_in(folder);
        const auto all = snapshot();
        const auto live = std::ranges::find_if(all, [&](const auto& wallet) { return wallet->is_file(from); });
        if (live == all.end() && !folder_.is_wallet_file(from)) return prefixed(kBadFile, unrecognized(folder));
        files().create_directories(folder);
        files().remove(draft);  // what a kill left
        if (live != all.end()) {
            // Through its own database: another handle on the file, closed, would give up the lock on it.
            if (auto done = (*live)->backup(draft.string()); !done) return done.error();
        } else {
            copy_file(files(), from, draft);
        }
        files().rename(draft, WalletFolder::file_in(folder));
        files().sync_directory(folder);
        return std::nullopt;
    }

    /// For a call.
    api::Result<api::WalletOutcome> open(const std::string& name)
    {
        auto database = open_file(name);
        if (!database) return std::unexpected(prefixed(kBadFile, database.error()));
        auto outcome = load_from(name, std::move(*database));
        if (!outcome) return std::unexpected(prefixed(kBadContents, outcome.error()));
        return outcome;
    }

    api::Result<std::unique_ptr<Database>> open_file(const std::string& name)
    {
        const auto folder = folder_of(name);
        if (!folder) return std::unexpected(folder.error());
        try {
            if (!files().exists(*folder)) return std::unexpected(not_there(*folder));
            const auto content = folder_.content_of(*folder);
            if (content == WalletFolder::Content::kLegacyWallet) return std::unexpected(legacy(*folder));
            if (content == WalletFolder::Content::kNothing) return std::unexpected(unrecognized(*folder));
        } catch (const base::IoError&) {
            return refuse(ErrorCode::kWallet, "Failed to access database path '" + folder->string() +
                                                  "': " + base::describe(std::current_exception()));
        }
        try {
            auto database = Database::open(files(), WalletFolder::file_in(*folder), shared_.settings.network_magic,
                                           Database::Mode::kExisting);
            if (!database) return refuse(ErrorCode::kWallet, std::move(database.error()));
            return std::move(*database);
        } catch (const base::EnvironmentError&) {
            return describe_failure();
        }
    }

    api::Result<api::WalletOutcome> load_from(const std::string& name, std::unique_ptr<Database> database)
    {
        const auto path = database->path();
        const auto wallet = std::make_shared<LoadedWallet>(shared_, name, std::move(database));
        try {
            if (const auto error = wallet->load()) {
                return refuse(ErrorCode::kWallet, "Error loading " + path.string() + ": " + *error);
            }
        } catch (const base::EnvironmentError&) {
            return describe_failure();
        }
        return follow(wallet, path);
    }

    api::Result<api::WalletOutcome> follow(const std::shared_ptr<LoadedWallet>& wallet,
                                           const std::filesystem::path& path)
    {
        try {
            if (const auto error = wallet->follow()) {
                return refuse(ErrorCode::kWallet, "Error loading " + path.string() + ": " + *error);
            }
        } catch (const base::EnvironmentError&) {
            return describe_failure();
        }
        {
            const std::lock_guard lock{mutex_};
            wallets_.push_back(wallet);
        }
        base::log_info("Wallet \"{}\" loaded from {}", wallet->name(), path.string());
        return api::WalletOutcome{wallet->name(), {}};
    }

    void remember(const std::string& name, std::optional<bool> load_on_startup, api::WalletOutcome& outcome)
    {
        if (!load_on_startup || !shared_.surroundings.remember) return;
        {
            const std::lock_guard lock{remember_mutex_};
            if (shared_.surroundings.remember(name, *load_on_startup)) return;
        }
        outcome.warnings.emplace_back(
            *load_on_startup
                ? "Wallet load on startup setting could not be updated, so wallet may not be loaded next node startup."
                : "Wallet load on startup setting could not be updated, so wallet may still be loaded next node "
                  "startup.");
    }

    Shared shared_;
    WalletFolder folder_;
    Claims claims_;
    std::mutex remember_mutex_;
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<LoadedWallet>> wallets_;
};

}  // namespace

std::unique_ptr<WalletManager> make_wallet_manager(WalletSettings settings, Surroundings surroundings)
{
    return std::make_unique<Manager>(std::move(settings), std::move(surroundings));
}

}  // namespace cairn::wallet
