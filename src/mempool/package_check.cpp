// The test of a package: Mempool::test_package.

#include <deque>
#include <map>

#include "mempool/acceptance.h"
#include "policy/package.h"

namespace cairn::mempool {

namespace {

class PackageTest {
public:
    PackageTest(MempoolState& state, std::span<const TransactionRef> package, std::int64_t now)
        : state_(state), package_(package), options_{now, true, std::nullopt}
    {
        result_.results.resize(package.size());
    }

    PackageResult run() &&
    {
        if (const auto error = policy::check_package(package_)) {
            result_.error = *error;
        } else if (check_each_by_itself() && check_together()) {
            check_spends_and_scripts();
        }
        return std::move(result_);
    }

private:
    /// A slot for the graph's eyes only: the change is never committed.
    static Slot slot_of(std::size_t index) { return kNoSlot - 1 - static_cast<Slot>(index); }

    bool fails(std::size_t index, Acceptance::Check check)
    {
        if (check) return false;
        result_.results[index] = std::unexpected(std::move(check.error()));
        return true;
    }

    bool check_each_by_itself()
    {
        for (std::size_t i = 0; i < package_.size(); ++i) {
            acceptances_.emplace_back(state_, package_[i], options_, Judgement::kFull, &before_);
            if (fails(i, acceptances_.back().check_by_itself())) return false;
            before_.emplace(package_[i]->txid, package_[i]);
        }
        return true;
    }

    bool check_together()
    {
        ClusterGraph::Change change;
        std::map<Txid, Slot> slots;
        for (std::size_t i = 0; i < package_.size(); ++i) {
            const auto size = acceptances_[i].accepted().size;
            if (const auto violation =
                    policy::check_truc_in_package(package_, i, size, acceptances_[i].truc_parents())) {
                result_.error = policy::Refusal(policy::PolicyReason::kTrucViolation, *violation).to_string();
                return false;
            }
            auto addition = acceptances_[i].addition(slot_of(i));
            for (const TxInput& input : package_[i]->inputs) {
                if (const auto found = slots.find(input.prevout.txid); found != slots.end()) {
                    addition.parents.push_back(found->second);
                }
            }
            slots.emplace(package_[i]->txid, slot_of(i));
            change.additions.push_back(std::move(addition));
        }
        if (state_.graph.propose(change).oversized()) {
            result_.error = policy::text(policy::PolicyReason::kTooLargeCluster);
            return false;
        }
        return true;
    }

    void check_spends_and_scripts()
    {
        for (std::size_t i = 0; i < package_.size(); ++i) {
            if (fails(i, acceptances_[i].check_ephemeral_spends())) return;
        }
        for (std::size_t i = 0; i < package_.size(); ++i) {
            if (fails(i, acceptances_[i].check_scripts())) return;
            result_.results[i] = acceptances_[i].accepted();
        }
    }

    MempoolState& state_;
    std::span<const TransactionRef> package_;
    AcceptOptions options_;
    PackageParents before_;
    std::deque<Acceptance> acceptances_;
    PackageResult result_;
};

}  // namespace

PackageResult Mempool::test_package(std::span<const TransactionRef> package, std::int64_t now) const
{
    return PackageTest(*state_, package, now).run();
}

}  // namespace cairn::mempool
