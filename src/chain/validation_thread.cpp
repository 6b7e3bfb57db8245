#include "chain/validation_thread.h"

#include <future>
#include <utility>

#include "base/log.h"

namespace cairn::chain {

namespace {

constexpr std::size_t kMaxPreparing = 4096;
/// How long the thread sleeps at most before it looks whether a flush is due.
constexpr std::chrono::milliseconds kIdle{10'000};

}  // namespace

ValidationThread::ValidationThread(ChainContext& context, Activation& activation, Acceptance& acceptance,
                                   std::size_t max_bytes)
    : context_(context),
      activation_(activation),
      acceptance_(acceptance),
      queue_(max_bytes),
      preparer_("blockcheck", kMaxPreparing)
{
}

ValidationThread::~ValidationThread()
{
    stop();
}

void ValidationThread::start(bool reindexing, std::function<void()> on_reindexed)
{
    storage::BlockFiles& files = context_.archive.files();
    unread_ = reindexing ? files.file_starts() : files.unindexed_tails();
    const bool imports = reindexing || !unread_.empty() || !context_.options.load_blocks.empty();
    context_.importing.store(imports);
    files.write_only_from(unread_.empty() ? 0 : unread_.back().file + 1);
    const auto on_failure = [this](std::string_view thread, std::exception_ptr failure) {
        context_.interrupted.store(true);
        context_.published.interrupt();
        queue_.abandon();
        if (is_here()) activation_.abandon();
        if (context_.ports.on_failure) context_.ports.on_failure(thread, std::move(failure));
    };
    thread_ = base::Thread("validation", [this] { loop(); }, on_failure);
    if (!imports) return;
    importer_ = base::Thread(
        "import", [this, reindexing, done = std::move(on_reindexed)] { import(reindexing, done); }, on_failure);
}

void ValidationThread::stop()
{
    if (std::exchange(stopped_, true)) return;
    context_.interrupted.store(true);
    context_.published.interrupt();
    importer_.join();
    preparer_.stop();
    queue_.close();
    thread_.join();
}

void ValidationThread::loop()
{
    id_.store(std::this_thread::get_id());
    while (true) {
        catch_up();
        auto job = queue_.pop(kIdle);
        if (job) {
            handle(std::move(*job));
        } else if (queue_.is_closed()) {
            break;
        }
    }
    finish();
}

void ValidationThread::catch_up()
{
    if (context_.importing.load()) {
        // Nothing is connected before the files have been read: what others hand in meanwhile is stored, and told so.
        activation_.flusher().poll();
        activation_.tell_fates();
        return;
    }
    // As long as nobody waits, all there is to do; else one piece of it, and without waiting.
    while (!context_.interrupted.load()) {
        const bool alone = queue_.is_empty();
        if (activation_.advance(alone)) {
            if (!alone) return;
            continue;
        }
        if (alone || activation_.is_settled()) {
            activation_.tell_fates();
            context_.loaded.store(true);
        }
        return;
    }
    // Interrupted: nothing more is begun, but who waits for a block's fate must not wait for the thread's end, which
    // may be waiting for him.
    if (!queue_.is_empty()) return;
    activation_.settle();
    activation_.tell_fates();
}

void ValidationThread::handle(Job job)
{
    if (auto* headers = std::get_if<HeadersJob>(&job)) {
        const HeadersResult result = acceptance_.accept_headers(headers->headers, headers->work_checked);
        if (headers->callback) headers->callback(result);
    } else if (auto* block = std::get_if<IncomingBlock>(&job)) {
        const std::size_t bytes = block->block->raw.size();
        acceptance_.accept_block(std::move(*block));
        queue_.release(bytes);
    } else if (auto* task = std::get_if<base::Task>(&job)) {
        activation_.settle();
        (*task)();
    } else {
        std::rethrow_exception(std::get<std::exception_ptr>(job));
    }
}

void ValidationThread::finish()
{
    activation_.settle();
    activation_.tell_fates();
    activation_.flusher().flush_all();
}

void ValidationThread::submit(HeadersJob job)
{
    preparer_.post([this, job = std::move(job)]() mutable { queue_.push(std::move(job)); });
}

void ValidationThread::submit(BlockRef block, BlockOrigin origin, BlockCallback callback)
{
    IncomingBlock incoming;
    incoming.block = std::move(block);
    incoming.origin = origin;
    incoming.callback = std::move(callback);
    if (!queue_.reserve(incoming.block->raw.size(), !is_here())) return;
    preparer_.post([this, incoming = std::move(incoming)]() mutable { prepare_and_push(std::move(incoming)); });
}

void ValidationThread::prepare_and_push(IncomingBlock incoming)
{
    try {
        acceptance_.prepare(incoming);
        queue_.push(std::move(incoming));
    } catch (...) {
        queue_.push(std::current_exception());
    }
}

bool ValidationThread::hand_over(IncomingBlock incoming)
{
    if (!queue_.reserve(incoming.block->raw.size(), true)) return false;
    return queue_.push(std::move(incoming));
}

bool ValidationThread::post(base::Task task)
{
    if (queue_.is_closed()) return false;
    return preparer_.post([this, task = std::move(task)]() mutable { queue_.push(std::move(task)); });
}

void ValidationThread::run(const std::function<void()>& work)
{
    if (is_here()) {
        work();
        return;
    }
    std::promise<void> promise;
    auto done = promise.get_future();
    base::Task task = [&work, promise = std::move(promise)]() mutable {
        try {
            work();
            promise.set_value();
        } catch (const base::EnvironmentError&) {
            // Both must know: who asked, and the thread, which ends by it.
            promise.set_exception(std::current_exception());
            throw;
        } catch (...) {
            promise.set_exception(std::current_exception());
        }
    };
    // Where the task is dropped its promise breaks, and get() says so.
    try {
        post(std::move(task));
        done.get();
    } catch (const std::future_error&) {
        throw base::EnvironmentError("The node is shutting down");
    }
}

void ValidationThread::import(bool reindexing, const std::function<void()>& on_reindexed)
{
    Importer importer(context_, acceptance_, [this](IncomingBlock incoming) { return hand_over(std::move(incoming)); });
    importer.read_own_files(unread_, reindexing ? "Reindexing" : "Recovering");
    if (context_.interrupted.load()) return;
    if (reindexing) queue_.push(base::Task(on_reindexed));
    for (const auto& path : context_.options.load_blocks) importer.load(path);
    if (context_.interrupted.load()) return;
    // Not earlier: a block of these files whose parent only a -loadblock file has would be written over.
    context_.archive.files().write_only_from(0);
    queue_.push(base::Task([this] { end_import(); }));
}

void ValidationThread::end_import()
{
    context_.importing.store(false);
    activation_.update_initial_download(context_.published.get());
}

}  // namespace cairn::chain
