#include "wallet/database.h"

#include <utility>

#include <sqlite3.h>

namespace cairn::wallet {
namespace {

/// A statement, finalised when it goes.
class Statement {
public:
    Statement(sqlite3* connection, const char* sql) { sqlite3_prepare_v2(connection, sql, -1, &statement_, nullptr); }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    void bind(int index, ByteSpan bytes)
    {
        // A null pointer would bind NULL instead of an empty value.
        static constexpr std::byte kNothing{};
        const void* data = bytes.empty() ? &kNothing : bytes.data();
        sqlite3_bind_blob64(statement_, index, data, bytes.size(), SQLITE_STATIC);
    }
    int step() { return statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_); }
    ByteSpan column(int index) const
    {
        const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, index));
        return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, index))};
    }
    std::int64_t integer(int index) const { return sqlite3_column_int64(statement_, index); }
    std::string text(int index) const
    {
        const unsigned char* text = sqlite3_column_text(statement_, index);
        return text == nullptr ? "" : reinterpret_cast<const char*>(text);
    }

private:
    sqlite3_stmt* statement_ = nullptr;
};

std::uint32_t as_number(NetworkMagic magic)
{
    std::uint32_t value = 0;
    for (const std::uint8_t byte : magic) value = value << 8 | byte;
    return value;
}

/// The first key that no longer begins with `prefix`; empty if there is none.
Bytes after_prefix(ByteSpan prefix)
{
    Bytes end(prefix.begin(), prefix.end());
    while (!end.empty() && end.back() == std::byte{0xff}) end.pop_back();
    if (!end.empty()) end.back() = static_cast<std::byte>(std::to_integer<unsigned>(end.back()) + 1);
    return end;
}

constexpr const char* kRemedyOfDamage = "Move its folder away, and restore a backup of the wallet (restorewallet).";

/// What the owner can do about a failure of SQLite.
const char* remedy_for(int code)
{
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return kRemedyOfDamage;
        case SQLITE_FULL:
            return "Free some space on this disk, and try again; the wallet is as it was before.";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "Another program uses this file: end that, and try again; the wallet is as it was before.";
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_CANTOPEN:
            return "Check the permissions of this file and its folder, and try again; the wallet is as it was before.";
        case SQLITE_IOERR:
            return "Check the disk, and its free space, and try again; the wallet is as it was before.";
        default:
            return "";
    }
}

/// Why no files can be made there, as SQLite does with its journal; nothing if they can.
std::optional<std::string> reason_not_writable(base::FileSystem& files, const std::filesystem::path& folder)
{
    const auto probe = folder / ".cairn-probe";
    try {
        files.open(probe, base::OpenMode::kReadWrite);
        files.remove(probe);
        return std::nullopt;
    } catch (const base::IoError& error) {
        return std::string(error.what()) + ". " + error.remedy();
    }
}

}  // namespace

std::expected<std::unique_ptr<Database>, std::string> Database::open(base::FileSystem& files,
                                                                     const std::filesystem::path& path,
                                                                     NetworkMagic magic, Mode mode)
{
    if (const auto reason = reason_not_writable(files, path.parent_path())) {
        return std::unexpected("SQLiteDatabase: Failed to open database in directory '" + path.parent_path().string() +
                               "': directory is not writable (" + *reason + ")");
    }
    if (mode == Mode::kNew) files.open(path, base::OpenMode::kCreate);
    std::unique_ptr<Database> database{new Database};
    database->path_ = path;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX;
    if (sqlite3_open_v2(path.c_str(), &database->connection_, flags, nullptr) != SQLITE_OK) {
        return std::unexpected(database->failure("open database"));
    }
    if (sqlite3_db_readonly(database->connection_, "main") != 0) {
        return std::unexpected(
            "SQLiteDatabase: Database opened in readonly mode but read-write permissions are needed: " + path.string());
    }
    if (auto error = database->prepare(magic, mode)) return std::unexpected(std::move(*error));
    return database;
}

Database::~Database()
{
    sqlite3_close(connection_);
}

bool Database::execute(const char* sql)
{
    return sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::optional<std::int64_t> Database::number(const char* sql) const
{
    Statement statement{connection_, sql};
    if (statement.step() != SQLITE_ROW) return std::nullopt;
    return statement.integer(0);
}

std::optional<std::string> Database::prepare(NetworkMagic magic, Mode mode)
{
    sqlite3_extended_result_codes(connection_, 1);
    sqlite3_busy_timeout(connection_, 0);
    if (!execute("PRAGMA locking_mode = exclusive") || !execute("BEGIN EXCLUSIVE TRANSACTION")) {
        if ((sqlite3_errcode(connection_) & 0xff) == SQLITE_BUSY) {
            return "SQLiteDatabase: Unable to obtain an exclusive lock on the database, is it being used by another "
                   "instance of Cairn?\n" +
                   path_.string() + " is open in another program: unload it there, or end that program.";
        }
        return failure("open database");
    }
    // What was deleted or replaced may have been a secret. Temporary tables stay in memory for the same reason.
    if (!execute("COMMIT") || !execute("PRAGMA secure_delete = ON") || !execute("PRAGMA temp_store = MEMORY") ||
        !execute("PRAGMA synchronous = FULL")) {
        return failure("open database");
    }
    if (mode == Mode::kExisting) return check(magic);
    const std::string id = "PRAGMA application_id = " + std::to_string(static_cast<std::int32_t>(as_number(magic)));
    if (!execute("CREATE TABLE main(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)") || !execute(id.c_str()) ||
        !execute("PRAGMA user_version = 0")) {
        fail("create");
    }
    return std::nullopt;
}

std::optional<std::string> Database::check(NetworkMagic magic)
{
    const auto id = number("PRAGMA application_id");
    if (!id) return failure("read the application id");
    if (static_cast<std::uint32_t>(*id) != as_number(magic)) {
        return "SQLiteDatabase: Unexpected application id. Expected " + std::to_string(as_number(magic)) + ", got " +
               std::to_string(static_cast<std::uint32_t>(*id)) + ": " + path_.string() + " is of another network";
    }
    const auto version = number("PRAGMA user_version");
    if (!version || *version != 0) {
        return "SQLiteDatabase: Unknown sqlite wallet schema version " + std::to_string(version.value_or(-1)) +
               ". Only version 0 is supported: " + path_.string();
    }
    Statement integrity{connection_, "PRAGMA integrity_check"};
    std::string problems;  // SQLite shows the first hundred
    int result = integrity.step();
    for (; result == SQLITE_ROW; result = integrity.step()) {
        if (integrity.text(0) != "ok") problems += '\n' + integrity.text(0);
    }
    if (result != SQLITE_DONE) problems += '\n' + std::string(sqlite3_errmsg(connection_));
    if (!problems.empty()) return damage(problems);
    if (number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'main'") != 1) {
        return damage(" it has no table of wallet records");
    }
    return std::nullopt;
}

bool Database::is_damaged() const
{
    const int code = sqlite3_errcode(connection_) & 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

std::string Database::damage(const std::string& how) const
{
    return "SQLiteDatabase: Failed to verify database: " + path_.string() + " is damaged:" + how + "\n" +
           kRemedyOfDamage;
}

std::string Database::failure(const char* doing) const
{
    const std::string reason = sqlite3_errmsg(connection_);
    if (is_damaged()) return damage(' ' + reason);
    return std::string("SQLiteDatabase: Failed to ") + doing + ": " + reason + " (" + path_.string() + "). " +
           remedy_for(sqlite3_errcode(connection_));
}

void Database::fail(const char* doing) const
{
    throw base::EnvironmentError(
        "Wallet file " + path_.string() + ": cannot " + doing + ": " + sqlite3_errmsg(connection_),
        remedy_for(sqlite3_errcode(connection_)));
}

std::optional<Bytes> Database::read(ByteSpan key) const
{
    Statement statement{connection_, "SELECT value FROM main WHERE key = ?"};
    statement.bind(1, key);
    const int result = statement.step();
    if (result == SQLITE_DONE) return std::nullopt;
    if (result != SQLITE_ROW) fail("read");
    const ByteSpan value = statement.column(0);
    return Bytes(value.begin(), value.end());
}

void Database::write(ByteSpan key, ByteSpan value)
{
    Statement statement{connection_, "INSERT OR REPLACE INTO main VALUES(?, ?)"};
    statement.bind(1, key);
    statement.bind(2, value);
    if (statement.step() != SQLITE_DONE) fail("write");
}

void Database::erase(ByteSpan key)
{
    Statement statement{connection_, "DELETE FROM main WHERE key = ?"};
    statement.bind(1, key);
    if (statement.step() != SQLITE_DONE) fail("erase");
}

void Database::visit(ByteSpan prefix, const std::function<void(ByteSpan, ByteSpan)>& visit) const
{
    const Bytes end = after_prefix(prefix);
    Statement statement{connection_, end.empty()
                                         ? "SELECT key, value FROM main WHERE key >= ? ORDER BY key"
                                         : "SELECT key, value FROM main WHERE key >= ? AND key < ? ORDER BY key"};
    statement.bind(1, prefix);
    if (!end.empty()) statement.bind(2, end);
    int result = statement.step();
    for (; result == SQLITE_ROW; result = statement.step()) {
        visit(statement.column(0).subspan(prefix.size()), statement.column(1));
    }
    if (result != SQLITE_DONE) fail("read");
}

std::expected<std::vector<Bytes>, std::string> Database::keys_in(const std::filesystem::path& path, ByteSpan prefix)
{
    Database database;
    if (sqlite3_open_v2(path.c_str(), &database.connection_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) {
        return std::unexpected(sqlite3_errmsg(database.connection_));
    }
    const Bytes end = after_prefix(prefix);
    Statement statement{database.connection_, "SELECT key FROM main WHERE key >= ? AND key < ?"};
    statement.bind(1, prefix);
    statement.bind(2, end);
    std::vector<Bytes> keys;
    int result = statement.step();
    for (; result == SQLITE_ROW; result = statement.step()) {
        const ByteSpan key = statement.column(0);
        keys.emplace_back(key.begin(), key.end());
    }
    if (result != SQLITE_DONE) return std::unexpected(sqlite3_errmsg(database.connection_));
    return keys;
}

Database::Transaction::Transaction(Database& database) : database_(database)
{
    if (database_.depth_ == 0 && !database_.execute("BEGIN")) database_.fail("begin a transaction");
    ++database_.depth_;
}

void Database::Transaction::commit()
{
    done_ = true;
    if (--database_.depth_ > 0) return;
    const bool whole = !std::exchange(database_.failed_, false);
    if (whole && database_.execute("COMMIT")) return;
    try {
        database_.fail("commit");
    } catch (const base::EnvironmentError&) {
        // It may be open still. What this answers, the caller need not hear.
        database_.execute("ROLLBACK");
        throw;
    }
}

Database::Transaction::~Transaction()
{
    if (done_) return;
    if (--database_.depth_ > 0) {
        database_.failed_ = true;  // the outer one may not commit without this one's writes
        return;
    }
    database_.failed_ = false;
    database_.execute("ROLLBACK");
}

void Database::copy_to(base::FileSystem& files, const std::filesystem::path& path) const
{
    files.open(path, base::OpenMode::kCreate);
    sqlite3* target = nullptr;
    int result = sqlite3_open_v2(path.c_str(), &target, SQLITE_OPEN_READWRITE, nullptr);
    sqlite3_backup* backup = result == SQLITE_OK ? sqlite3_backup_init(target, "main", connection_, "main") : nullptr;
    if (backup != nullptr) {
        result = sqlite3_backup_step(backup, -1);
        sqlite3_backup_finish(backup);
    }
    const std::string reason = result == SQLITE_DONE ? "" : sqlite3_errmsg(target);
    sqlite3_close(target);
    if (result != SQLITE_DONE) {
        throw base::EnvironmentError("Cannot copy " + path_.string() + " to " + path.string() + ": " + reason,
                                     remedy_for(result));
    }
    files.open(path, base::OpenMode::kReadWrite)->sync();
    files.sync_directory(path.parent_path());
}

}  // namespace cairn::wallet
