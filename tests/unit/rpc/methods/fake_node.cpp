#include "fake_node.h"

namespace cairn::rpc::test {

namespace {

std::array<std::byte, 32> kEntropy{};

std::unexpected<api::Error> refused(api::ErrorCode code, std::string message)
{
    return std::unexpected(api::Error{code, std::move(message)});
}

}  // namespace

api::MempoolInfo FakeMempool::info() const
{
    api::MempoolInfo info;
    info.transactions = transactions.size();
    info.minimum_relay_fee = Amount{100};
    info.sequence = 5;
    return info;
}

api::MempoolListing FakeMempool::listing() const
{
    api::MempoolListing out{{}, 5};
    for (const auto& transaction : transactions) out.txids.push_back(transaction->txid);
    return out;
}

std::vector<api::MempoolEntry> FakeMempool::entries() const
{
    std::vector<api::MempoolEntry> out;
    for (const auto& transaction : transactions) out.push_back(*entry(transaction->txid));
    return out;
}

std::optional<api::MempoolEntry> FakeMempool::entry(const Txid& txid) const
{
    const TransactionRef found = transaction(txid);
    if (!found) return std::nullopt;
    api::MempoolEntry entry;
    entry.transaction = found;
    entry.virtual_size = 100;
    entry.weight = 400;
    entry.fee = entry.modified_fee = entry.chunk_fee = Amount{1000};
    entry.ancestor_count = entry.descendant_count = 1;
    return entry;
}

TransactionRef FakeMempool::transaction(const Txid& txid) const
{
    for (const auto& transaction : transactions) {
        if (transaction->txid == txid) return transaction;
    }
    return nullptr;
}

std::optional<std::vector<api::MempoolEntry>> FakeMempool::ancestors(const Txid& txid) const
{
    if (!transaction(txid)) return std::nullopt;
    return entries();
}

std::optional<std::vector<api::MempoolEntry>> FakeMempool::descendants(const Txid& txid) const
{
    if (!transaction(txid)) return std::nullopt;
    return std::vector<api::MempoolEntry>{};
}

std::optional<api::MempoolCluster> FakeMempool::cluster(const Txid& txid) const
{
    if (!transaction(txid)) return std::nullopt;
    return api::MempoolCluster{400, 1, {{Amount{1000}, 400, {}}}};
}

std::vector<api::DiagramPoint> FakeMempool::fee_rate_diagram() const
{
    return {{}, {400, Amount{1000}}, {900, Amount{1800}}};
}

std::vector<TransactionRef> FakeMempool::spenders(std::span<const Outpoint> outpoints) const
{
    std::vector<TransactionRef> out;
    for (const Outpoint& outpoint : outpoints) {
        out.push_back(nullptr);
        for (const auto& transaction : transactions) {
            for (const auto& input : transaction->inputs) {
                if (input.prevout == outpoint) out.back() = transaction;
            }
        }
    }
    return out;
}

std::vector<api::OrphanTransaction> FakeMempool::orphans() const
{
    if (transactions.empty()) return {};
    return {{transactions.front(), {3}}};
}

api::SubmitOutcome FakeMempool::submit(const TransactionRef& transaction, const api::SubmitOptions& options)
{
    seen_max_fee = options.max_fee;
    if (next_outcome.status == api::SubmitStatus::kAccepted) transactions.push_back(transaction);
    return next_outcome;
}

api::PackageOutcome FakeMempool::test_accept(std::span<const TransactionRef> given) const
{
    return {{}, std::vector<api::SubmitOutcome>(given.size(), next_outcome)};
}

api::Result<void> FakeMempool::prioritise(const Txid&, Amount delta)
{
    if (delta == Amount{13}) {
        return refused(api::ErrorCode::kInvalidParameter,
                       "Priority is not supported for transactions with dust outputs.");
    }
    return {};
}

api::Result<api::BlockTemplate> FakeMining::make_template()
{
    api::BlockTemplate out;
    out.version = 0x20000000;
    out.height = 5;
    out.bits = 0x207fffff;
    out.rules = {"csv", "!segwit", "taproot"};
    out.coinbase_value = Amount{5'000'000'000};
    out.mempool_sequence = 5;
    return out;
}

api::BlockSubmissionResult FakeMining::submit(const BlockRef& block)
{
    submitted = block;
    return next_result;
}

api::Result<void> FakeMining::submit_header(const BlockHeader&)
{
    return refused(api::ErrorCode::kVerify, "Must submit previous header (00) first");
}

api::Result<std::optional<api::GeneratedBlock>> FakeMining::generate(ByteSpan coinbase_script, std::uint64_t& max_tries)
{
    script.assign(coinbase_script.begin(), coinbase_script.end());
    if (max_tries == 0) return std::nullopt;
    --max_tries;
    return api::GeneratedBlock{};
}

api::Result<api::GeneratedBlock> FakeMining::generate_block(ByteSpan coinbase_script, std::vector<TransactionRef>, bool)
{
    script.assign(coinbase_script.begin(), coinbase_script.end());
    return api::GeneratedBlock{};
}

api::NetworkInfo FakeNetwork::info() const
{
    api::NetworkInfo info;
    info.version = 310000;
    info.user_agent = "/Satoshi:31.0.0/Cairn:0.1.0/";
    info.local_services = 9;
    info.networks = {{"ipv4", false, true, "", false}};
    return info;
}

std::vector<api::PeerInfo> FakeNetwork::peers() const
{
    api::PeerInfo peer;
    peer.id = 3;
    peer.address = "127.0.0.1:18444";
    peer.services = 9;
    peer.ping_time = std::chrono::microseconds{1'500'000};
    peer.minimum_ping = std::chrono::microseconds{25};
    peer.minimum_fee_filter = Amount{100};
    peer.bytes_sent_per_message = {{"ping", 32}, {"tx", 0}};
    return {peer};
}

api::Result<void> FakeNetwork::remove_node(const std::string&)
{
    return refused(api::ErrorCode::kNodeNotAdded,
                   "Error: Node could not be removed. It has not been added previously.");
}

bool FakeControl::set_log_category(const std::string& name, bool active)
{
    if (name != "net" && name != "all") return false;
    net = active;
    return true;
}

api::Result<void> FakeControl::set_mock_time(std::optional<std::chrono::seconds> since_1970)
{
    mock_time = since_1970;
    return {};
}

FakeNode::FakeNode(api::WalletManager* wallets, std::vector<std::string> deprecated)
    : signing(kEntropy), dispatcher(clock)
{
    Context context;
    context.node = {&chain, &mempool, &mining, &network, &control, wallets};
    context.params = &chain.chain->params();
    context.addresses = keys::kRegtestAddresses;
    context.clock = &clock;
    context.random = &random;
    context.signing = &signing;
    context.deprecated = std::move(deprecated);
    dispatcher.begin(context);
}

std::string FakeNode::call(const std::string& method, std::string_view arguments, const std::string& path)
{
    try {
        return dispatcher.run({method, Json::parse(arguments).value(), path, "user"}).write();
    } catch (const Error& error) {
        return std::to_string(error.code()) + " " + error.message();
    }
}

}  // namespace cairn::rpc::test
