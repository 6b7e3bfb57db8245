#include "wallet/wallet_manager.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "base/log.h"
#include "crypto/hex.h"
#include "wallet/loaded_wallet.h"

namespace cairn::wallet {
namespace {

using api::ErrorCode;

constexpr const char* kFileName = "wallet.dat";
constexpr int kMaxFolderDepth = 3;
constexpr std::string_view kFileMagic{"SQLite format 3\0", 16};

std::unexpected<api::Error> refuse(ErrorCode code, std::string text)
{
    return std::unexpected(api::Error{code, std::move(text)});
}

/// A name is a folder's below the wallets' folder, or empty for that folder itself. It never leads out of it.
bool is_acceptable_name(const std::string& name)
{
    if (name.size() > 200 || name.starts_with('/') || name.ends_with('/')) return false;
    if (std::ranges::any_of(name,
                            [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7f; })) {
        return false;
    }
    if (name.empty()) return true;
    for (const auto& part : std::filesystem::path{name}) {
        if (part == "." || part == ".." || part.empty()) return false;
    }
    return name.find("//") == std::string::npos;
}

bool is_wallet_file(base::FileSystem& files, const std::filesystem::path& path)
{
    if (!files.exists(path) || files.is_directory(path)) return false;
    std::array<std::byte, 16> magic{};
    const auto file = files.open(path, base::OpenMode::kRead);
    return file->read_at(0, magic) == magic.size() && std::ranges::equal(magic, std::as_bytes(std::span{kFileMagic}));
}

class Manager final : public WalletManager {
public:
    Manager(WalletSettings settings, Surroundings surroundings)
        : shared_{std::move(settings), surroundings, make_context(surroundings.random), {}}
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
        std::vector<api::WalletListing> found;
        if (files().is_directory(shared_.settings.folder)) collect("", 0, found);
        return found;
    }

    api::Result<api::WalletOutcome> create(const api::WalletOptions& options) override
    {
        const std::lock_guard operation{operation_};
        if (auto error = check_new_name(options.name)) return std::unexpected(std::move(*error));
        if (options.disable_private_keys && !options.passphrase.empty()) {
            return refuse(
                ErrorCode::kWallet,
                "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt private "
                "keys, so cannot be used for wallets with private keys disabled.");
        }
        if (options.external_signer) {
            return refuse(ErrorCode::kWallet,
                          "Compiled without external signing support (required for external signing)");
        }
        if (!options.descriptors) {
            return refuse(ErrorCode::kWallet,
                          "descriptors argument must be set to \"true\"; it is no longer possible to "
                          "create a legacy wallet.");
        }
        const auto path = file_of(options.name);
        if (files().exists(path)) return exists(options.name);
        files().create_directories(path.parent_path());
        make_file(path, options);
        auto outcome = open(options.name);
        if (!outcome) return outcome;
        if (!shared_.settings.notice.empty()) outcome->warnings.push_back(shared_.settings.notice);
        remember(options.name, options.load_on_startup, *outcome);
        return outcome;
    }

    api::Result<api::WalletOutcome> load(const std::string& name, std::optional<bool> load_on_startup) override
    {
        const std::lock_guard operation{operation_};
        if (find_loaded(name)) {
            return refuse(ErrorCode::kWalletAlreadyLoaded, "Wallet \"" + name + "\" is already loaded.");
        }
        auto outcome = open(name);
        if (outcome) remember(name, load_on_startup, *outcome);
        return outcome;
    }

    api::Result<api::WalletOutcome> unload(const std::string& name, std::optional<bool> load_on_startup) override
    {
        const std::lock_guard operation{operation_};
        const auto wallet = find_loaded(name);
        if (!wallet) {
            return refuse(ErrorCode::kWalletNotFound, "Requested wallet does not exist or is not loaded");
        }
        if (wallet->is_scanning()) {
            return refuse(ErrorCode::kWallet, "Wallet is currently rescanning. Abort existing rescan or wait.");
        }
        {
            const std::lock_guard lock{mutex_};
            std::erase(wallets_, wallet);
        }
        wallet->close();
        api::WalletOutcome outcome{name, {}};
        remember(name, load_on_startup, outcome);
        return outcome;
    }

    api::Result<api::WalletOutcome> restore(const std::string& name, const std::string& backup_path,
                                            std::optional<bool> load_on_startup) override
    {
        const std::lock_guard operation{operation_};
        if (auto error = check_new_name(name)) return std::unexpected(std::move(*error));
        if (!files().exists(backup_path)) {
            return refuse(ErrorCode::kInvalidParameter, "Backup file does not exist");
        }
        const auto path = file_of(name);
        const auto folder = path.parent_path();
        const bool has_folder = files().exists(folder);
        if (files().exists(path) || (has_folder && !files().is_directory(folder))) {
            return refuse(ErrorCode::kWalletAlreadyExists,
                          "Failed to restore wallet. Database file exists in '" + path.string() + "'.");
        }
        if (!is_wallet_file(files(), backup_path)) {
            return std::unexpected(prefixed(kBadFile, unrecognized(folder)));
        }
        files().create_directories(folder);
        copy(backup_path, path);
        auto outcome = open(name);
        if (outcome) {
            remember(name, load_on_startup, *outcome);
        } else {
            files().remove(path);
            if (!has_folder) files().remove_all(folder);
        }
        return outcome;
    }

    api::Result<std::vector<std::string>> load_all(const std::vector<std::string>& names) override
    {
        const std::lock_guard operation{operation_};
        std::vector<std::string> warnings;
        for (const std::string& name : names) {
            if (find_loaded(name)) continue;
            if (is_acceptable_name(name) && !files().exists(file_of(name).parent_path())) {
                warnings.push_back("Skipping -wallet path that doesn't exist. " + missing(name).message);
                continue;
            }
            auto database = open_file(name);
            if (!database) return std::unexpected(database.error());
            const auto outcome = follow(name, std::move(*database));
            if (!outcome) return std::unexpected(outcome.error());
            warnings.insert(warnings.end(), outcome->warnings.begin(), outcome->warnings.end());
        }
        return warnings;
    }

    void close() override
    {
        const std::lock_guard operation{operation_};
        std::vector<std::shared_ptr<LoadedWallet>> all;
        {
            const std::lock_guard lock{mutex_};
            all.swap(wallets_);
        }
        for (const auto& wallet : all) wallet->close();
    }

    base::LockedMemory::Use locked_memory() const override { return shared_.memory.use(); }

private:
    // What RPC answers begin with; an error at the start of the node does not.
    static constexpr std::string_view kBadFile = "Wallet file verification failed. ";
    static constexpr std::string_view kBadContents = "Wallet loading failed. ";

    static crypto::SigningContext make_context(base::Random& random)
    {
        std::array<std::byte, 32> entropy{};
        random.fill(entropy);
        return crypto::SigningContext{entropy};
    }

    base::FileSystem& files() const { return shared_.surroundings.files; }
    std::filesystem::path file_of(const std::string& name) const
    {
        return (name.empty() ? shared_.settings.folder : shared_.settings.folder / name) / kFileName;
    }

    std::shared_ptr<LoadedWallet> find_loaded(const std::string& name) const
    {
        const std::lock_guard lock{mutex_};
        const auto found = std::ranges::find_if(wallets_, [&](const auto& wallet) { return wallet->name() == name; });
        return found == wallets_.end() ? nullptr : *found;
    }

    static api::Error prefixed(std::string_view prefix, api::Error error)
    {
        error.message.insert(0, prefix);
        return error;
    }
    static api::Error bad_name(const std::string& name)
    {
        return {ErrorCode::kWallet,
                "Invalid wallet name '" + name +
                    "': it must be the name of a folder inside the wallets folder, without '..' or a leading '/'"};
    }
    /// Without a name a wallet is opened where there is one, and never made.
    static std::optional<api::Error> check_new_name(const std::string& name)
    {
        if (name.empty()) return api::Error{ErrorCode::kInvalidParameter, "Wallet name cannot be empty"};
        if (!is_acceptable_name(name)) return prefixed(kBadFile, bad_name(name));
        return std::nullopt;
    }
    api::Error missing(const std::string& name) const
    {
        return {ErrorCode::kWalletNotFound,
                "Failed to load database path '" + file_of(name).parent_path().string() + "'. Path does not exist."};
    }
    static api::Error unrecognized(const std::filesystem::path& folder)
    {
        return {ErrorCode::kWalletNotFound,
                "Failed to load database path '" + folder.string() + "'. Data is not in recognized format."};
    }
    std::unexpected<api::Error> exists(const std::string& name) const
    {
        return refuse(ErrorCode::kWalletAlreadyExists,
                      "Wallet file verification failed. Failed to create database path '" +
                          file_of(name).parent_path().string() + "'. Database already exists.");
    }

    void collect(const std::string& name, int depth, std::vector<api::WalletListing>& found) const
    {
        const auto folder = name.empty() ? shared_.settings.folder : shared_.settings.folder / name;
        if (is_wallet_file(files(), folder / kFileName)) found.push_back({name, {}});
        if (depth == kMaxFolderDepth) return;
        for (const std::string& entry : files().list(folder)) {
            if (files().is_directory(folder / entry))
                collect(name.empty() ? entry : name + '/' + entry, depth + 1, found);
        }
    }

    /// Under another name until it is whole: killed on the way, no half-made wallet is left in its place.
    void make_file(const std::filesystem::path& path, const api::WalletOptions& options)
    {
        std::array<std::byte, 8> unique{};
        shared_.surroundings.random.fill(unique);
        auto draft = path;
        draft += ".creating-" + to_hex(unique);
        auto database = Database::open(files(), draft, shared_.settings.network_magic, Database::Mode::kNew);
        if (!database) throw base::EnvironmentError("Wallet " + options.name + ": " + database.error());
        const auto wallet = std::make_shared<LoadedWallet>(shared_, options.name, std::move(*database));
        wallet->initialise(options);
        wallet->close();
        files().rename(draft, path);
        files().sync_directory(path.parent_path());
    }

    void copy(const std::filesystem::path& from, const std::filesystem::path& to) const
    {
        auto draft = to;
        draft += ".restoring";
        const auto source = files().open(from, base::OpenMode::kRead);
        const auto target = files().open(draft, base::OpenMode::kCreate);
        Bytes piece(1 << 20);
        for (std::uint64_t at = 0;;) {
            const std::size_t size = source->read_at(at, piece);
            if (size == 0) break;
            target->write_at(at, ByteSpan{piece}.first(size));
            at += size;
        }
        target->sync();
        files().rename(draft, to);
        files().sync_directory(to.parent_path());
    }

    /// For a call.
    api::Result<api::WalletOutcome> open(const std::string& name)
    {
        auto database = open_file(name);
        if (!database) return std::unexpected(prefixed(kBadFile, database.error()));
        auto outcome = follow(name, std::move(*database));
        if (!outcome) return std::unexpected(prefixed(kBadContents, outcome.error()));
        return outcome;
    }

    api::Result<std::unique_ptr<Database>> open_file(const std::string& name)
    {
        if (!is_acceptable_name(name)) return std::unexpected(bad_name(name));
        const auto path = file_of(name);
        if (!files().exists(path.parent_path())) return std::unexpected(missing(name));
        if (!is_wallet_file(files(), path)) return std::unexpected(unrecognized(path.parent_path()));
        auto database = Database::open(files(), path, shared_.settings.network_magic, Database::Mode::kExisting);
        if (!database) return refuse(ErrorCode::kWallet, database.error());
        return std::move(*database);
    }

    api::Result<api::WalletOutcome> follow(const std::string& name, std::unique_ptr<Database> database)
    {
        const auto path = file_of(name);
        const auto wallet = std::make_shared<LoadedWallet>(shared_, name, std::move(database));
        auto error = wallet->load();
        if (!error) error = wallet->follow();
        if (error) return refuse(ErrorCode::kWallet, "Error loading " + path.string() + ": " + *error);
        {
            const std::lock_guard lock{mutex_};
            wallets_.push_back(wallet);
        }
        base::log_info("Wallet \"{}\" loaded from {}", name, path.string());
        return api::WalletOutcome{name, {}};
    }

    void remember(const std::string& name, std::optional<bool> load_on_startup, api::WalletOutcome& outcome) const
    {
        if (!load_on_startup || !shared_.surroundings.remember) return;
        if (shared_.surroundings.remember(name, *load_on_startup)) return;
        outcome.warnings.emplace_back(
            *load_on_startup
                ? "Wallet load on startup setting could not be updated, so wallet may not be loaded next node startup."
                : "Wallet load on startup setting could not be updated, so wallet may still be loaded next node "
                  "startup.");
    }

    Shared shared_;
    std::mutex operation_;  // one creation, opening or closing at a time
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<LoadedWallet>> wallets_;
};

}  // namespace

std::unique_ptr<WalletManager> make_wallet_manager(WalletSettings settings, Surroundings surroundings)
{
    return std::make_unique<Manager>(std::move(settings), std::move(surroundings));
}

}  // namespace cairn::wallet
