#pragma once
// A wallet file: keys and values in one table of SQLite, as Bitcoin Core lays it out.
//
// Schema: table main(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL), application_id the network's magic,
// user_version 0. The file is locked exclusively while it is open. Not thread-safe: the wallet's lock guards it. What
// the disk does wrong is an IoError or EnvironmentError; a file that is not ours to open, an error text (Bitcoin
// Core's).

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "crypto/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cairn::wallet {

using NetworkMagic = std::array<std::uint8_t, 4>;

class Database {
public:
    enum class Mode {
        kExisting,
        kNew,  // the file must not exist: it is created with O_EXCL, never overwritten
    };
    static std::expected<std::unique_ptr<Database>, std::string> open(base::FileSystem& files,
                                                                      const std::filesystem::path& path,
                                                                      NetworkMagic magic, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    std::optional<Bytes> read(ByteSpan key) const;
    void write(ByteSpan key, ByteSpan value);
    void erase(ByteSpan key);
    /// All records whose key begins with `prefix`, by key: what is after it, and the value. `visit` must not write.
    void visit(ByteSpan prefix, const std::function<void(ByteSpan rest, ByteSpan value)>& visit) const;

    /// Writes between construction and commit() are kept all or none. Those inside another's life belong to that one.
    class Transaction {
    public:
        explicit Transaction(Database& database);
        ~Transaction();
        Transaction(const Transaction&) = delete;
        Transaction& operator=(const Transaction&) = delete;
        void commit();

    private:
        Database& database_;
        bool done_ = false;
    };

    bool is_in_transaction() const { return depth_ > 0; }

    /// The keys of records that begin with `prefix` in a wallet file of any network, read beside whoever has it open;
    /// SQLite's reason where that cannot be.
    static std::expected<std::vector<Bytes>, std::string> keys_in(const std::filesystem::path& path, ByteSpan prefix);

    /// Writes a copy to a file that must not exist.
    void copy_to(base::FileSystem& files, const std::filesystem::path& path) const;
    const std::filesystem::path& path() const { return path_; }

private:
    Database() = default;
    std::optional<std::string> prepare(NetworkMagic magic, Mode mode);
    std::optional<std::string> check(NetworkMagic magic);
    bool execute(const char* sql);
    std::optional<std::int64_t> number(const char* sql) const;
    bool is_damaged() const;  // says what SQLite answered last
    // What a failed open answers.
    std::string damage(const std::string& how) const;
    std::string failure(const char* doing) const;
    [[noreturn]] void fail(const char* doing) const;

    std::filesystem::path path_;
    sqlite3* connection_ = nullptr;
    int depth_ = 0;
    bool failed_ = false;
};

}  // namespace cairn::wallet
