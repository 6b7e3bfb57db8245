#pragma once
// A LevelDB database as Bitcoin Core keeps them: values XORed with a key of its own (record 0e 00 "obfuscate_key"),
// checksums verified, no compression.
//
// Thread-safe, but for batches and iterators, which belong to one thread at a time. Failures are StorageError.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/file_system.h"
#include "base/random.h"
#include "crypto/bytes.h"
#include "storage/obfuscation.h"
#include "storage/storage_error.h"

namespace cairn::storage {

class KeyValueStore;

/// A value read; owns its bytes.
class StoredValue {
public:
    explicit StoredValue(std::string bytes) : bytes_(std::move(bytes)) {}
    ByteSpan span() const { return std::as_bytes(std::span{bytes_}); }

private:
    std::string bytes_;
};

/// Changes that are written together or not at all. Made by KeyValueStore::make_batch, and only for that store.
class WriteBatch {
public:
    WriteBatch(WriteBatch&&) noexcept;
    WriteBatch& operator=(WriteBatch&&) noexcept;
    ~WriteBatch();

    void put(ByteSpan key, ByteSpan value);
    void erase(ByteSpan key);
    void clear();
    /// Memory it takes, about.
    std::size_t size_bytes() const;

private:
    friend class KeyValueStore;
    struct Impl;
    explicit WriteBatch(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The database as it was when this was made. Must not outlive the store.
class StoreSnapshot {
public:
    ~StoreSnapshot();

private:
    friend class KeyValueStore;
    struct Impl;
    explicit StoreSnapshot(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Walks the keys in the order of their bytes, over the database as it was when this was made. Must not outlive it.
class StoreIterator {
public:
    StoreIterator(StoreIterator&&) noexcept;
    StoreIterator& operator=(StoreIterator&&) noexcept;
    ~StoreIterator();

    void seek_to_first();
    /// To the first key that is not less.
    void seek(ByteSpan key);
    bool valid() const;
    void next();
    /// Both are valid until the iterator moves.
    ByteSpan key() const;
    ByteSpan value() const;

private:
    friend class KeyValueStore;
    struct Impl;
    explicit StoreIterator(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

class KeyValueStore {
public:
    struct Options {
        std::filesystem::path folder;
        /// Half is for blocks read, half for up to two write buffers.
        std::size_t cache_bytes = std::size_t{8} << 20;
        /// Give a new database a random key; an existing one keeps what it has.
        bool obfuscate = false;
        /// Begin empty.
        bool wipe = false;
        /// Refuse to create one: StorageError if it is missing.
        bool must_exist = false;
        /// Look, and leave the folder as it is, byte for byte: what LevelDB writes when it opens a database stays in
        /// memory. Implies must_exist; writing is then a bug. The folder must not be open elsewhere: nothing shows.
        bool read_only = false;
        std::size_t max_file_bytes = std::size_t{32} << 20;
        /// Null: LevelDB's own access to the operating system's files. Tests give a MemoryFileSystem.
        base::FileSystem* files = nullptr;
        /// Where the key of a new database comes from; null: the operating system's.
        base::Random* random = nullptr;
    };
    /// Creates it unless it exists. Throws StorageError: kLocked, kCorrupt, kDiskFull, kIo.
    explicit KeyValueStore(const Options& options);
    ~KeyValueStore();
    KeyValueStore(const KeyValueStore&) = delete;
    KeyValueStore& operator=(const KeyValueStore&) = delete;

    std::optional<StoredValue> get(ByteSpan key) const;
    std::optional<StoredValue> get(ByteSpan key, const StoreSnapshot& snapshot) const;
    bool contains(ByteSpan key) const;
    void put(ByteSpan key, ByteSpan value, bool sync = false);
    void erase(ByteSpan key, bool sync = false);

    WriteBatch make_batch() const;
    /// With `sync`, it and all written before is on the disk when this returns.
    void write(WriteBatch& batch, bool sync);

    StoreIterator iterate() const;
    StoreIterator iterate(const StoreSnapshot& snapshot) const;
    std::unique_ptr<StoreSnapshot> snapshot() const;

    bool is_empty() const;
    /// Bytes on disk of the keys in [from, to), about.
    std::uint64_t estimate_size(ByteSpan from, ByteSpan to) const;
    void compact();
    const Obfuscation& obfuscation() const { return obfuscation_; }

private:
    struct Impl;
    void load_obfuscation(const Options& options);

    std::unique_ptr<Impl> impl_;
    Obfuscation obfuscation_;
};

/// Deletes the database in `folder`, and nothing else that may be there.
void destroy_store(const std::filesystem::path& folder, base::FileSystem* files = nullptr);

}  // namespace cairn::storage
