#include "chain/chain_manager.h"

#include <cassert>
#include <future>
#include <utility>

#include "base/log.h"
#include "chain/chain_manager_impl.h"
#include "chain/trial_connect.h"
#include "chain/verifier.h"
#include "storage/storage_error.h"

namespace cairn::chain {

ChainManager::Impl::Running::Running(Impl& owner, OpenFolder opened, bool wipe_coins)
    : folder(std::move(opened)),
      writer(owner.tree),
      archive(*folder.files, *folder.index, *owner.options.params, owner.budget.blocks),
      state(coins_database_options(owner.options, owner.budget, owner.ports, wipe_coins),
            {owner.ports.random.u64(), owner.ports.random.u64()}, writer),
      pool("scripts", owner.options.script_threads),
      coin_pool("coins", owner.options.coin_threads),
      context{.options = owner.options,
              .params = *owner.options.params,
              .ports = owner.ports,
              .minimum_chain_work = owner.options.minimum_chain_work.value_or(owner.options.params->minimum_chain_work),
              .assume_valid = owner.options.assume_valid.value_or(owner.options.params->assume_valid),
              .tree = owner.tree,
              .writer = writer,
              .archive = archive,
              .state = state,
              .pool = pool,
              .coin_pool = coin_pool,
              .verifier = owner.ports.verifier != nullptr ? *owner.ports.verifier : owner.immediate,
              .immediate = owner.immediate,
              .published = owner.published,
              .verdicts = owner.verdicts,
              .window_limit = owner.budget.window},
      activation(context),
      acceptance(context, activation),
      thread(context, activation, acceptance, kMaxSubmittedBytes)
{
    state.coins_limit = owner.budget.coins;
}

ChainManager::ChainManager(const ChainOptions& options, ChainPorts ports)
    : impl_(std::make_unique<Impl>(options, std::move(ports)))
{
}

ChainManager::~ChainManager()
{
    stop();
}

void ChainManager::start()
{
    Impl& impl = *impl_;
    OpenFolder folder = open_folder(impl.options, impl.budget, impl.ports);
    const bool reindexing = folder.reindexing;
    const bool wipe_coins = impl.options.reindex || impl.options.reindex_chainstate;
    try {
        impl.running = std::make_unique<Impl::Running>(impl, std::move(folder), wipe_coins);
    } catch (const storage::StorageError& error) {
        if (error.kind() != storage::StorageError::Kind::kCorrupt) throw;
        throw StartError("Error opening coins database: " + std::string(error.what()), kReindexRemedy);
    }
    Impl::Running& live = *impl.running;
    Loader loader(live.context, live.activation, reindexing);
    loader.load_tree();
    loader.load_chain_state();
    loader.verify();
    live.thread.start(reindexing, [&live] {
        live.folder.index->set_reindexing(false);
        Loader(live.context, live.activation, false).ensure_genesis();
        base::log_info("Reindexing finished");
    });
    // Whoever asks from now on finds at least the genesis block.
    live.thread.run([&] { live.activation.connect_genesis(); });
}

void ChainManager::interrupt()
{
    if (impl_->running) impl_->running->context.interrupted.store(true);
    impl_->published.interrupt();
}

void ChainManager::stop()
{
    interrupt();
    if (impl_->running) impl_->running->thread.stop();
}

bool ChainManager::is_importing() const
{
    return impl_->live().context.importing.load();
}

bool ChainManager::is_loaded() const
{
    return impl_->live().context.loaded.load();
}

void ChainManager::submit_headers(std::vector<BlockHeader> headers, bool work_checked, HeadersCallback callback)
{
    impl_->live().thread.submit(HeadersJob{std::move(headers), work_checked, std::move(callback)});
}

void ChainManager::submit_block(BlockRef block, BlockOrigin origin, BlockCallback callback)
{
    impl_->live().thread.submit(std::move(block), origin, std::move(callback));
}

namespace {

/// Calls `submit` with a callback and waits for what it is given; `dropped` if it never is.
template <class Result, class Submit>
Result wait_for_result(Submit submit)
{
    std::promise<Result> promise;
    auto future = promise.get_future();
    submit([promise = std::move(promise)](const Result& result) mutable { promise.set_value(result); });
    try {
        return future.get();
    } catch (const std::future_error&) {
        throw base::EnvironmentError("The node is shutting down");
    }
}

}  // namespace

HeadersResult ChainManager::submit_headers_and_wait(std::vector<BlockHeader> headers, bool work_checked)
{
    return wait_for_result<HeadersResult>(
        [&](HeadersCallback callback) { submit_headers(std::move(headers), work_checked, std::move(callback)); });
}

BlockResult ChainManager::submit_block_and_wait(BlockRef block, BlockOrigin origin)
{
    return wait_for_result<BlockResult>(
        [&](BlockCallback callback) { submit_block(std::move(block), origin, std::move(callback)); });
}

bool ChainManager::post(base::Task task)
{
    return impl_->live().thread.post(std::move(task));
}

void ChainManager::run(const std::function<void()>& work)
{
    impl_->live().thread.run(work);
}

bool ChainManager::on_validation_thread() const
{
    return impl_->live().thread.is_here();
}

bool ChainManager::invalidate_block(const BlockNode& block)
{
    bool done = false;
    run([&] {
        done = impl_->live().activation.invalidate(block);
        impl_->live().activation.finish();
    });
    return done;
}

void ChainManager::reconsider_block(const BlockNode& block)
{
    run([&] {
        impl_->live().activation.reconsider(block);
        impl_->live().activation.finish();
    });
}

void ChainManager::prefer_block(const BlockNode& block)
{
    run([&] {
        impl_->live().activation.prefer(block);
        impl_->live().activation.finish();
    });
}

std::expected<void, Rejection> ChainManager::test_block(const BlockRef& block, bool check_proof_of_work,
                                                        bool check_merkle_root)
{
    std::expected<void, Rejection> result;
    run([&] { result = trial_connect(impl_->live().context, block, check_proof_of_work, check_merkle_root); });
    return result;
}

void ChainManager::flush()
{
    run([&] {
        impl_->live().activation.settle();
        impl_->live().activation.flusher().flush_all();
    });
}

VerifyOutcome ChainManager::verify(int level, int blocks)
{
    VerifyOutcome outcome = VerifyOutcome::kInterrupted;
    run([&] { outcome = verify_chain(impl_->live().context, level, blocks); });
    return outcome;
}

const BlockTree& ChainManager::tree() const
{
    return impl_->tree;
}
const consensus::Params& ChainManager::params() const
{
    return *impl_->options.params;
}
const BlockNode* ChainManager::tip() const
{
    return impl_->published.get();
}

bool ChainManager::in_initial_block_download() const
{
    return impl_->live().context.initial_download.load();
}

const ChainWork& ChainManager::minimum_chain_work() const
{
    return impl_->live().context.minimum_chain_work;
}
double ChainManager::verification_progress(const BlockNode& node) const  // floating: a fraction
{
    return chain::verification_progress(node, *impl_->tree.best_header(), params(), impl_->live().context.now());
}

std::vector<std::string> ChainManager::warnings() const
{
    return impl_->live().activation.warnings();
}

std::uint64_t ChainManager::size_on_disk() const
{
    return impl_->live().folder.files->usage();
}

ChainManager::CacheUse ChainManager::cache_use() const
{
    const CoinsCache::Use use = impl_->live().state.coins.use();
    return {use.coins, use.bytes, impl_->budget.coins, impl_->budget.database};
}

BlockRef ChainManager::read_block(const BlockNode& node) const
{
    return impl_->live().archive.read_block(node);
}

std::shared_ptr<const Bytes> ChainManager::read_raw_block(const BlockNode& node) const
{
    return impl_->live().archive.read_raw_block(node);
}

std::shared_ptr<const SpentOutputs> ChainManager::read_spent_outputs(const BlockNode& node) const
{
    return impl_->live().archive.read_spent(node);
}

CoinAnswer ChainManager::coin(const Outpoint& outpoint) const
{
    return impl_->live().state.coins.read(outpoint);
}

CoinsView& ChainManager::coins_view()
{
    assert(on_validation_thread());
    return impl_->live().state.coins.published_view();
}

void ChainManager::warm_coins(std::span<const Outpoint> outpoints)
{
    assert(on_validation_thread());
    impl_->live().state.coins.warm(outpoints);
}

base::Registration ChainManager::on_tip(std::function<void(const BlockNode&)> listener)
{
    return impl_->published.listen(std::move(listener));
}

base::Registration ChainManager::on_block_checked(BlockListener listener)
{
    return impl_->verdicts.listen(std::move(listener));
}

const BlockNode* ChainManager::wait_for_tip(const std::function<bool(const BlockNode&)>& wanted,
                                            std::optional<std::chrono::milliseconds> limit) const
{
    return impl_->published.wait(wanted, limit);
}

}  // namespace cairn::chain
