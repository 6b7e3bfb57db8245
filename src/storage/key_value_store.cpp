#include "storage/key_value_store.h"

#include <algorithm>
#include <cassert>
#include <cstdarg>
#include <cstdio>

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include "base/log.h"
#include "base/overlay_file_system.h"
#include "storage/leveldb_env.h"

namespace cairn::storage {
namespace {

// The name of the record as a string with its length, as Bitcoin Core's serializer writes it.
constexpr std::string_view kObfuscationRecord{"\x0e\x00obfuscate_key", 15};

leveldb::Slice slice(ByteSpan bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
ByteSpan bytes(const leveldb::Slice& slice)
{
    return std::as_bytes(std::span{slice.data(), slice.size()});
}
ByteSpan bytes(std::string_view text)
{
    return std::as_bytes(std::span{text});
}

[[noreturn]] void fail(const std::filesystem::path& folder, const leveldb::Status& status)
{
    const std::string reason = status.ToString();
    const std::string what = "Fatal LevelDB error: " + reason + " (database " + folder.string() + ")";
    const auto mentions = [&](std::string_view text) { return reason.find(text) != std::string::npos; };
    if (mentions("No space left") || mentions("quota exceeded")) {
        throw StorageError(StorageError::Kind::kDiskFull, what,
                           "Free some space on this disk and start again; nothing is lost.");
    }
    if (mentions("already held by process") || mentions("temporarily unavailable")) {
        throw StorageError(StorageError::Kind::kLocked, what, "Another program has this database open; stop it first.");
    }
    if (status.IsCorruption() || mentions("Corruption")) {
        throw StorageError(
            StorageError::Kind::kCorrupt, what,
            "Start with -reindex-chainstate, or -reindex if that fails, to build it anew from the blocks; "
            "check the disk and the memory of this machine.");
    }
    throw StorageError(StorageError::Kind::kIo, what);
}

class LogAdapter final : public leveldb::Logger {
public:
    void Logv(const char* format, std::va_list arguments) override
    {
        if (!base::process_log().enabled(base::LogCategory::kLevelDb, base::LogLevel::kDebug)) return;
        char text[1024];
        std::vsnprintf(text, sizeof text, format, arguments);
        base::log_debug(base::LogCategory::kLevelDb, "{}", static_cast<const char*>(text));
    }
};

}  // namespace

struct WriteBatch::Impl {
    leveldb::WriteBatch batch;
    Obfuscation obfuscation;
    Bytes scratch;
};

WriteBatch::WriteBatch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;
WriteBatch::~WriteBatch() = default;

void WriteBatch::put(ByteSpan key, ByteSpan value)
{
    impl_->scratch.assign(value.begin(), value.end());
    impl_->obfuscation.apply(impl_->scratch);
    impl_->batch.Put(slice(key), slice(impl_->scratch));
}

void WriteBatch::erase(ByteSpan key)
{
    impl_->batch.Delete(slice(key));
}

void WriteBatch::clear()
{
    impl_->batch.Clear();
}

std::size_t WriteBatch::size_bytes() const
{
    return impl_->batch.ApproximateSize();
}

struct StoreSnapshot::Impl {
    leveldb::DB* db;
    const leveldb::Snapshot* snapshot;
    ~Impl() { db->ReleaseSnapshot(snapshot); }
};

StoreSnapshot::StoreSnapshot(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreSnapshot::~StoreSnapshot() = default;

struct StoreIterator::Impl {
    std::filesystem::path folder;
    std::unique_ptr<leveldb::Iterator> iterator;
    Obfuscation obfuscation;
    Bytes value;

    // Invalid at the end, and where reading failed; the difference matters.
    void check() const
    {
        if (!iterator->Valid() && !iterator->status().ok()) fail(folder, iterator->status());
    }
};

StoreIterator::StoreIterator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreIterator::StoreIterator(StoreIterator&&) noexcept = default;
StoreIterator& StoreIterator::operator=(StoreIterator&&) noexcept = default;
StoreIterator::~StoreIterator() = default;

void StoreIterator::seek_to_first()
{
    impl_->iterator->SeekToFirst();
    impl_->check();
}

void StoreIterator::seek(ByteSpan key)
{
    impl_->iterator->Seek(slice(key));
    impl_->check();
}

bool StoreIterator::valid() const
{
    return impl_->iterator->Valid();
}

void StoreIterator::next()
{
    impl_->iterator->Next();
    impl_->check();
}

ByteSpan StoreIterator::key() const
{
    return bytes(impl_->iterator->key());
}

ByteSpan StoreIterator::value() const
{
    const ByteSpan stored = bytes(impl_->iterator->value());
    if (impl_->obfuscation.is_identity()) return stored;
    impl_->value.assign(stored.begin(), stored.end());
    impl_->obfuscation.apply(impl_->value);
    return impl_->value;
}

struct KeyValueStore::Impl {
    std::filesystem::path folder;
    // In the order in which they must outlive the database.
    std::unique_ptr<base::OverlayFileSystem> overlay;
    std::unique_ptr<leveldb::Env> env;
    LogAdapter log;
    std::unique_ptr<leveldb::Cache> cache;
    std::unique_ptr<const leveldb::FilterPolicy> filter{leveldb::NewBloomFilterPolicy(10)};
    std::unique_ptr<leveldb::DB> db;

    leveldb::Options options(const Options& asked)
    {
        cache.reset(leveldb::NewLRUCache(asked.cache_bytes / 2));
        leveldb::Options result;
        result.create_if_missing = true;
        result.paranoid_checks = true;
        result.compression = leveldb::kNoCompression;
        result.block_cache = cache.get();
        // Up to two write buffers may be held at once.
        result.write_buffer_size = asked.cache_bytes / 4;
        result.filter_policy = filter.get();
        result.info_log = &log;
        result.max_file_size = asked.max_file_bytes;
        base::FileSystem* files = asked.files;
        if (asked.read_only) {
            overlay = std::make_unique<base::OverlayFileSystem>(files != nullptr ? *files : base::os_file_system());
            files = overlay.get();
        }
        if (files != nullptr) {
            env = make_leveldb_env(*files);
            result.env = env.get();
        }
        return result;
    }

    void check(const leveldb::Status& status) const
    {
        if (!status.ok()) fail(folder, status);
    }

    std::optional<std::string> get(ByteSpan key, const leveldb::Snapshot* snapshot) const
    {
        leveldb::ReadOptions read;
        read.verify_checksums = true;
        read.snapshot = snapshot;
        std::string value;
        const leveldb::Status status = db->Get(read, slice(key), &value);
        if (status.IsNotFound()) return std::nullopt;
        check(status);
        return value;
    }

    std::unique_ptr<leveldb::Iterator> iterate(const leveldb::Snapshot* snapshot) const
    {
        leveldb::ReadOptions read;
        read.verify_checksums = true;
        read.fill_cache = false;
        read.snapshot = snapshot;
        return std::unique_ptr<leveldb::Iterator>{db->NewIterator(read)};
    }
};

KeyValueStore::KeyValueStore(const Options& options) : impl_(std::make_unique<Impl>())
{
    impl_->folder = options.folder;
    base::FileSystem& files = options.files != nullptr ? *options.files : base::os_file_system();
    if ((options.must_exist || options.read_only) && !files.exists(options.folder / "CURRENT")) {
        throw StorageError(StorageError::Kind::kIo, "There is no database in " + options.folder.string());
    }
    const leveldb::Options opened = impl_->options(options);
    if (options.wipe) impl_->check(leveldb::DestroyDB(options.folder.string(), opened));
    if (!options.read_only) files.create_directories(options.folder);
    leveldb::DB* db = nullptr;
    impl_->check(leveldb::DB::Open(opened, options.folder.string(), &db));
    impl_->db.reset(db);
    base::log_debug(base::LogCategory::kLevelDb, "Opened LevelDB in {}", options.folder.string());
    load_obfuscation(options);
}

KeyValueStore::~KeyValueStore() = default;

void KeyValueStore::load_obfuscation(const Options& options)
{
    if (const auto stored = get(bytes(kObfuscationRecord))) {
        const ByteSpan value = stored->span();
        if (value.size() != 1 + Obfuscation::kKeySize || value[0] != std::byte{Obfuscation::kKeySize}) {
            throw StorageError(StorageError::Kind::kCorrupt, "The obfuscation key of the database " +
                                                                 options.folder.string() + " is not 8 bytes long.");
        }
        Obfuscation::Key key;
        std::ranges::copy(value.subspan(1), key.begin());
        obfuscation_ = Obfuscation{key};
        return;
    }
    if (!options.obfuscate || options.read_only || !is_empty()) return;
    base::OsRandom os_random;
    base::Random& random = options.random != nullptr ? *options.random : os_random;
    std::array<std::byte, 1 + Obfuscation::kKeySize> record{std::byte{Obfuscation::kKeySize}};
    random.fill(std::span{record}.subspan(1));
    put(bytes(kObfuscationRecord), record, true);
    Obfuscation::Key key;
    std::ranges::copy(std::span{record}.subspan(1), key.begin());
    obfuscation_ = Obfuscation{key};
}

std::optional<StoredValue> KeyValueStore::get(ByteSpan key) const
{
    auto value = impl_->get(key, nullptr);
    if (!value) return std::nullopt;
    obfuscation_.apply(std::as_writable_bytes(std::span{*value}));
    return StoredValue{*std::move(value)};
}

std::optional<StoredValue> KeyValueStore::get(ByteSpan key, const StoreSnapshot& snapshot) const
{
    auto value = impl_->get(key, snapshot.impl_->snapshot);
    if (!value) return std::nullopt;
    obfuscation_.apply(std::as_writable_bytes(std::span{*value}));
    return StoredValue{*std::move(value)};
}

bool KeyValueStore::contains(ByteSpan key) const
{
    return impl_->get(key, nullptr).has_value();
}

void KeyValueStore::put(ByteSpan key, ByteSpan value, bool sync)
{
    WriteBatch batch = make_batch();
    batch.put(key, value);
    write(batch, sync);
}

void KeyValueStore::erase(ByteSpan key, bool sync)
{
    WriteBatch batch = make_batch();
    batch.erase(key);
    write(batch, sync);
}

WriteBatch KeyValueStore::make_batch() const
{
    auto impl = std::make_unique<WriteBatch::Impl>();
    impl->obfuscation = obfuscation_;
    return WriteBatch{std::move(impl)};
}

void KeyValueStore::write(WriteBatch& batch, bool sync)
{
    assert(!impl_->overlay && "writing to a database that was opened to be read");
    leveldb::WriteOptions write;
    write.sync = sync;
    impl_->check(impl_->db->Write(write, &batch.impl_->batch));
}

StoreIterator KeyValueStore::iterate() const
{
    return StoreIterator{std::make_unique<StoreIterator::Impl>(impl_->folder, impl_->iterate(nullptr), obfuscation_)};
}

StoreIterator KeyValueStore::iterate(const StoreSnapshot& snapshot) const
{
    return StoreIterator{
        std::make_unique<StoreIterator::Impl>(impl_->folder, impl_->iterate(snapshot.impl_->snapshot), obfuscation_)};
}

std::unique_ptr<StoreSnapshot> KeyValueStore::snapshot() const
{
    auto impl = std::make_unique<StoreSnapshot::Impl>(impl_->db.get(), impl_->db->GetSnapshot());
    return std::unique_ptr<StoreSnapshot>{new StoreSnapshot{std::move(impl)}};
}

bool KeyValueStore::is_empty() const
{
    StoreIterator iterator = iterate();
    iterator.seek_to_first();
    return !iterator.valid();
}

std::uint64_t KeyValueStore::estimate_size(ByteSpan from, ByteSpan to) const
{
    const leveldb::Range range{slice(from), slice(to)};
    std::uint64_t size = 0;
    impl_->db->GetApproximateSizes(&range, 1, &size);
    return size;
}

void KeyValueStore::compact()
{
    impl_->db->CompactRange(nullptr, nullptr);
}

void destroy_store(const std::filesystem::path& folder, base::FileSystem* files)
{
    leveldb::Options options;
    std::unique_ptr<leveldb::Env> env;
    if (files != nullptr) {
        env = make_leveldb_env(*files);
        options.env = env.get();
    }
    const leveldb::Status status = leveldb::DestroyDB(folder.string(), options);
    if (!status.ok()) fail(folder, status);
}

}  // namespace cairn::storage
