#include "chain/loading.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "base/log.h"
#include "chain/verifier.h"
#include "consensus/limits.h"
#include "consensus/proof_of_work.h"
#include "storage/format_check.h"
#include "storage/storage_error.h"

namespace cairn::chain {

namespace {

storage::KeyValueStore::Options database_options(const std::filesystem::path& folder, std::uint64_t cache,
                                                 ChainPorts& ports, bool wipe)
{
    storage::KeyValueStore::Options options;
    options.folder = folder;
    options.cache_bytes = cache;
    options.wipe = wipe;
    options.random = &ports.random;
    // LevelDB's own access to the system's files is the faster one.
    if (&ports.files != &base::os_file_system()) options.files = &ports.files;
    return options;
}

std::unique_ptr<storage::BlockIndexStore> open_index(const ChainOptions& options, const CacheBudget& budget,
                                                     ChainPorts& ports)
try {
    return std::make_unique<storage::BlockIndexStore>(
        database_options(options.index_folder(), budget.index, ports, options.reindex));
} catch (const storage::StorageError& error) {
    if (error.kind() != storage::StorageError::Kind::kCorrupt) throw;
    throw StartError("Error opening block database: " + std::string(error.what()), kReindexRemedy);
}

}  // namespace

void check_folder(const ChainOptions& options, base::FileSystem& files)
{
    if (!files.exists(options.folder / "chainstate_snapshot")) return;
    throw StartError(
        "This folder holds a UTXO snapshot's chain state (chainstate_snapshot), which this version cannot "
        "continue",
        "Let the program that made it finish, or start with another -datadir. Nothing was changed.");
}

void require_known_formats(const ChainOptions& options, base::FileSystem& files)
{
    // -reindex reads neither database, and the other option builds the coins anew.
    if (options.reindex) return;
    const auto coins = options.reindex_chainstate ? std::filesystem::path{} : options.folder / "chainstate";
    try {
        storage::require_known_formats(options.index_folder(), coins,
                                       &files == &base::os_file_system() ? nullptr : &files);
    } catch (const storage::StorageError& error) {
        // Damage is found again, and told with its remedy, by who opens the databases.
        if (error.kind() != storage::StorageError::Kind::kCorrupt) throw;
    }
}

OpenFolder open_folder(const ChainOptions& options, const CacheBudget& budget, ChainPorts& ports)
{
    check_folder(options, ports.files);
    require_known_formats(options, ports.files);
    ports.files.create_directories(options.folder);
    ports.files.create_directories(options.index_folder());
    ports.files.create_directories(options.blocks_folder);
    OpenFolder folder;
    folder.index = open_index(options, budget, ports);
    if (folder.index->flag("prunedblockfiles").value_or(false)) {
        throw StartError(
            "You need to rebuild the database using -reindex to go back to unpruned mode.  This will "
            "redownload the entire blockchain");
    }
    if (options.reindex) folder.index->set_reindexing(true);
    folder.reindexing = folder.index->reindexing();
    storage::BlockFiles::Options files;
    files.folder = options.blocks_folder;
    files.magic = options.message_start;
    files.files = &ports.files;
    files.random = &ports.random;
    files.use_xor = options.xor_block_files;
    files.small_files = options.small_block_files;
    files.check_header = [params = options.params](const BlockHeader& header, const BlockHash& hash) {
        return consensus::has_proof_of_work(hash, header.bits, *params);
    };
    folder.files = std::make_unique<storage::BlockFiles>(files, folder.index->file_infos());
    return folder;
}

storage::KeyValueStore::Options coins_database_options(const ChainOptions& options, const CacheBudget& budget,
                                                       ChainPorts& ports, bool wipe)
{
    auto database = database_options(options.folder / "chainstate", budget.database, ports, wipe);
    database.obfuscate = true;
    return database;
}

Loader::Records Loader::read_records() const
{
    Records records;
    context_.archive.index().for_each(
        [&](const BlockHash& hash, const storage::BlockIndexRecord& record) { records.emplace_back(hash, record); });
    std::ranges::stable_sort(records, {}, [](const auto& entry) { return entry.second.height; });
    return records;
}

void Loader::load_tree()
{
    const Records records = read_records();
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (i % 65536 == 0) context_.progress("Loading block index…", static_cast<int>(100 * i / records.size()));
        insert(records[i].first, records[i].second);
    }
    if (!records.empty() && context_.tree.find(context_.params.genesis_hash()) == nullptr) {
        throw StartError("Incorrect or no genesis block found. Wrong datadir for network?");
    }
    context_.writer.recompute_best_header();
    check_files_exist();
    if (!reindexing_) return ensure_genesis();
    // The block itself comes from the files that are read anew; its header must be there before them.
    const Block& genesis = *context_.params.genesis;
    if (context_.tree.find(genesis.hash) == nullptr) context_.writer.insert(genesis.header, genesis.hash);
}

void Loader::insert(const BlockHash& hash, const storage::BlockIndexRecord& record)
{
    const BlockHeader& header = record.header;
    const bool is_genesis = hash == context_.params.genesis_hash();
    const BlockNode* parent = context_.tree.find(header.previous);
    const Height expected = parent == nullptr ? 0 : parent->height() + 1;
    if (header.hash() != hash || !consensus::has_proof_of_work(hash, header.bits, context_.params) ||
        (parent == nullptr && record.height == 0 && !is_genesis)) {
        throw StartError("Incorrect or no genesis block found. Wrong datadir for network?",
                         "Or the block index is damaged: then restart with -reindex.");
    }
    if ((parent == nullptr && !is_genesis) || record.height != expected) {
        throw StartError("Error loading block database: a header does not fit its parent", kReindexRemedy);
    }
    BlockNode& node = context_.writer.insert(header, hash);
    context_.writer.restore(node, record.status, record.transactions, {record.file, record.data_offset},
                            record.undo_offset);
    if (parent != nullptr && parent->status().failed() && !node.status().failed()) {
        context_.writer.set_failed(node, true);
    }
    if (node.status().failed()) {
        const BlockNode* worst = context_.tree.best_invalid();
        if (worst == nullptr || node.chain_work() > worst->chain_work()) context_.writer.set_best_invalid(&node);
    }
    context_.state.candidates.on_loaded(node);
}

void Loader::check_files_exist() const
{
    std::set<std::int32_t> needed;
    for (const BlockNode* node : context_.tree.nodes()) {
        if (node->status().has_data()) needed.insert(node->data_position().file);
    }
    for (const std::int32_t file : needed) {
        const auto path = context_.archive.files().block_path(file);
        if (context_.ports.files.exists(path)) continue;
        throw StartError("Error loading block database: " + path.string() + " is missing", kReindexRemedy);
    }
}

void Loader::ensure_genesis()
{
    const Block& genesis = *context_.params.genesis;
    const BlockNode* known = context_.tree.find(genesis.hash);
    if (known != nullptr && known->status().has_data()) return;
    const auto position = context_.archive.write_block(genesis, 0);
    BlockNode& node =
        known == nullptr ? context_.writer.insert(genesis.header, genesis.hash) : BlockTreeWriter::mutate(*known);
    const bool witness = context_.params.is_active(consensus::BuriedDeployment::kSegwit, 0);
    context_.writer.set_data(node, position, static_cast<std::uint32_t>(genesis.transactions.size()), witness);
    context_.state.candidates.on_received(node, context_.state.tip);
}

void Loader::load_chain_state()
{
    if (const auto heads = context_.state.store.head_blocks()) replay(*heads);
    const BlockHash best = context_.state.coins.best();
    if (!best.is_null()) {
        const BlockNode* tip = context_.tree.find(best);
        if (tip == nullptr) {
            base::log_error("The coins stand at a block that the index does not know");
            throw StartError("Error initializing block database", kReindexRemedy);
        }
        // The chain of the last run wins against others of its work.
        for (const BlockNode* node = tip; node != nullptr; node = node->parent()) {
            context_.writer.set_sequence(BlockTreeWriter::mutate(*node), 0);
        }
        activation_.restore_tip(*tip);
        activation_.leave_failed_blocks();
        tip = context_.state.tip;
        base::log_info("Loaded best chain: hashBestChain={} height={}", tip->hash().to_hex(), tip->height());
    }
    context_.state.candidates.clear();
    context_.state.candidates.add_all(context_.state.tip);
    check_witnesses();
}

void Loader::check_witnesses() const
{
    const auto height = context_.params.buried_height(consensus::BuriedDeployment::kSegwit);
    for (const BlockNode* node = context_.state.tip; node != nullptr && node->height() >= height;
         node = node->parent()) {
        if ((node->status().bits & BlockStatus::kOptWitness) != 0) continue;
        throw StartError("Witness data for blocks after height " + std::to_string(height) +
                             " requires validation. Please restart with -reindex.",
                         kReindexRemedy);
    }
}

void Loader::replay(const storage::HeadBlocks& heads)
try {
    base::log_info("Replaying blocks");
    context_.progress("Replaying blocks…", 0);
    const BlockNode* target = context_.tree.find(heads.target);
    const BlockNode* base = heads.base.is_null() ? nullptr : context_.tree.find(heads.base);
    if (target == nullptr || (base == nullptr && !heads.base.is_null())) {
        throw StartError("Unable to replay blocks. You will need to rebuild the database using -reindex-chainstate.");
    }
    const BlockNode* fork = base == nullptr ? nullptr : last_common_ancestor(base, target);
    roll_back(base, fork);
    roll_forward(fork, *target);
    context_.state.coins.set_best(target->hash());
    context_.state.coins.sync();
    context_.progress("Replaying blocks…", 100);
} catch (const storage::StorageError& error) {
    if (error.kind() != storage::StorageError::Kind::kCorrupt) throw;
    throw StartError("Unable to replay blocks. You will need to rebuild the database using -reindex-chainstate.",
                     error.what());
}

void Loader::roll_back(const BlockNode* from, const BlockNode* fork)
{
    for (const BlockNode* node = from; node != fork && node->height() > 0; node = node->parent()) {
        const BlockRef block = context_.archive.read_block(*node);
        const auto spent = context_.archive.read_spent(*node);
        if (!block || !spent) throw StartError("Unable to replay blocks: data of a block is missing", kReindexRemedy);
        auto& coins = context_.state.coins;
        const auto effects = consensus::disconnect_block(*block, node->height(), *spent, coins.top_view());
        if (!effects) throw StartError("Unable to replay blocks: undo data does not fit", kReindexRemedy);
        // Unclean is expected: the interrupted flush may have written some of it.
        coins.disconnect(*effects, *spent, node->parent()->hash());
    }
}

void Loader::roll_forward(const BlockNode* fork, const BlockNode& target)
{
    const Height first = fork == nullptr ? 1 : fork->height() + 1;
    for (Height height = first; height <= target.height(); ++height) {
        if (context_.interrupted.load()) throw StartError("Replaying blocks was interrupted");
        context_.progress("Replaying blocks…",
                          static_cast<int>(100.0 * (height - first) / (target.height() - first + 1)));
        const BlockNode& node = *target.ancestor(height);
        const BlockRef block = context_.archive.read_block(node);
        if (!block) throw StartError("Unable to replay blocks: data of a block is missing", kReindexRemedy);
        context_.state.coins.reapply(*block, height);
    }
}

void Loader::verify()
{
    const BlockNode* tip = context_.state.tip;
    if (tip == nullptr) return;
    if (tip->time() > context_.now() + consensus::kMaxFutureBlockTime) {
        throw StartError(
            "The block database contains a block which appears to be from the future. This may be due to "
            "your computer's date and time being set incorrectly. Only rebuild the block database if you "
            "are sure that your computer's date and time are correct",
            kReindexRemedy);
    }
    switch (verify_chain(context_, context_.options.check_level, context_.options.check_blocks)) {
        case VerifyOutcome::kCorrupt:
            throw StartError("Corrupted block database detected", kReindexRemedy);
        case VerifyOutcome::kInterrupted:
            throw StartError("Block verification was interrupted");
        case VerifyOutcome::kSkippedDeepChecks:
        case VerifyOutcome::kGood:
            break;
    }
}

}  // namespace cairn::chain
