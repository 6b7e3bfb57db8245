// Reads everything that a stopped bitcoind left in a network's folder with our readers, writes each record again, and
// fails where a byte differs. Prints a summary that contrib/core/formats.py compares with Bitcoin Core's own answers.
//
//     read_core_folder FOLDER     a copy of …/regtest: LevelDB changes what it opens

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "base/io_error.h"
#include "crypto/hex.h"
#include "storage/block_files.h"
#include "storage/block_index_store.h"
#include "storage/block_scanner.h"
#include "storage/coins_store.h"

namespace {

using namespace cairn;
using namespace cairn::storage;

constexpr Magic kRegtest{std::byte{0xfa}, std::byte{0xbf}, std::byte{0xb5}, std::byte{0xda}};

struct Summary {
    std::uint64_t headers = 0;
    std::uint64_t blocks = 0;
    std::uint64_t undos = 0;
    std::uint64_t spent = 0;
    std::uint64_t files = 0;
    std::uint64_t scanned = 0;
    std::uint64_t coins = 0;
    std::int64_t satoshis = 0;
    std::string best;
};

[[noreturn]] void fail(const std::string& what)
{
    throw base::EnvironmentError(what);
}

void require_same(ByteSpan stored, ByteSpan ours, const std::string& what)
{
    if (!std::ranges::equal(stored, ours)) fail(what + " is " + to_hex(stored) + ", we write " + to_hex(ours));
}

KeyValueStore::Options existing(const std::filesystem::path& folder)
{
    KeyValueStore::Options options;
    options.folder = folder;
    options.must_exist = true;
    return options;
}

// The records of the index as they are, before anything interprets them.
void check_index_records(const std::filesystem::path& folder)
{
    const KeyValueStore store{existing(folder)};
    StoreIterator it = store.iterate();
    for (it.seek_to_first(); it.valid(); it.next()) {
        const auto kind = static_cast<char>(it.key()[0]);
        if (kind == 'b') {
            const auto record = decode_block_index_record(it.value());
            if (!record) fail("index record " + to_hex(it.key()) + " does not decode");
            require_same(it.value(), encode_block_index_record(*record), "index record " + to_hex(it.key()));
        } else if (kind == 'f') {
            const auto info = decode_block_file_info(it.value());
            if (!info) fail("file record " + to_hex(it.key()) + " does not decode");
            require_same(it.value(), encode_block_file_info(*info), "file record " + to_hex(it.key()));
        }
    }
}

void check_undo(const BlockFiles& files, const BlockIndexRecord& record, const Block& block, Summary& summary)
{
    const FilePosition place{record.file, record.undo_offset};
    const auto undo = files.read_undo(place, block.header.previous);
    if (!undo) fail(undo.error().text);
    std::vector<std::uint32_t> inputs;
    for (const Transaction& transaction : block.transactions.subspan(1)) {
        inputs.push_back(static_cast<std::uint32_t>(transaction.inputs.size()));
    }
    if (undo->per_transaction != inputs) fail("undo data does not fit block " + block.hash.to_hex());
    const Bytes ours = encode_undo(block, undo->spent);
    Bytes stored(ours.size());
    const auto path = files.undo_path(place.file);
    base::read_exactly_at(*base::os_file_system().open(path, base::OpenMode::kRead), path, place.offset, stored);
    files.obfuscation().apply(stored, place.offset);
    require_same(stored, ours, "undo data of block " + block.hash.to_hex());
    ++summary.undos;
    summary.spent += undo->spent.size();
}

void check_blocks(const std::filesystem::path& folder, Summary& summary)
{
    const BlockIndexStore index{existing(folder / "blocks" / "index")};
    BlockFiles::Options options;
    options.folder = folder / "blocks";
    options.magic = kRegtest;
    const BlockFiles files{options, index.file_infos()};
    index.for_each([&](const BlockHash& hash, const BlockIndexRecord& record) {
        ++summary.headers;
        if (record.header.hash() != hash) fail("the record of " + hash.to_hex() + " has another header");
        if ((record.status & block_status::kHaveData) == 0) return;
        const auto block = files.read_block({record.file, record.data_offset}, hash);
        if (!block) fail(block.error().text);
        if ((*block)->transactions.size() != record.transactions)
            fail("wrong count of transactions in " + hash.to_hex());
        ++summary.blocks;
        if ((record.status & block_status::kHaveUndo) != 0) check_undo(files, record, **block, summary);
    });
    for (const FilePosition start : files.file_starts()) {
        ++summary.files;
        BlockScanner scanner{base::os_file_system().open(files.block_path(start.file), base::OpenMode::kRead), kRegtest,
                             files.obfuscation()};
        while (scanner.next()) ++summary.scanned;
    }
}

void check_coin_records(const std::filesystem::path& folder)
{
    const KeyValueStore store{existing(folder)};
    StoreIterator it = store.iterate();
    for (it.seek_to_first(); it.valid(); it.next()) {
        if (static_cast<char>(it.key()[0]) != 'C') continue;
        const auto outpoint = decode_coin_key(it.key());
        const auto coin = decode_coin(it.value());
        if (!outpoint || !coin) fail("coin " + to_hex(it.key()) + " does not decode");
        Bytes key;
        append_coin_key(key, *outpoint);
        require_same(it.key(), key, "a coin's key");
        Bytes value;
        append_coin(value, *coin);
        require_same(it.value(), value, "coin " + to_hex(key));
    }
}

void check_coins(const std::filesystem::path& folder, Summary& summary)
{
    check_coin_records(folder / "chainstate");
    const CoinsStore coins{existing(folder / "chainstate")};
    CoinsStore::Cursor cursor = coins.cursor();
    if (!cursor.best_block()) fail("the chainstate has no best block");
    summary.best = cursor.best_block()->to_hex();
    while (const auto coin = cursor.next()) {
        ++summary.coins;
        summary.satoshis += coin->second.value.satoshis();
    }
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: read_core_folder FOLDER\n");
        return 2;
    }
    try {
        Summary s;
        check_index_records(std::filesystem::path{argv[1]} / "blocks" / "index");
        check_blocks(argv[1], s);
        check_coins(argv[1], s);
        std::printf(
            "{\"headers\": %lu, \"blocks\": %lu, \"undos\": %lu, \"spent\": %lu, \"files\": %lu, \"scanned\": %lu, "
            "\"coins\": %lu, \"satoshis\": %ld, \"best\": \"%s\"}\n",
            s.headers, s.blocks, s.undos, s.spent, s.files, s.scanned, s.coins, s.satoshis, s.best.c_str());
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "read_core_folder: %s\n", error.what());
        return 1;
    }
}
