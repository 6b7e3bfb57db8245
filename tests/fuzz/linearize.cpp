// USES: mempool
// Any cluster: the order keeps ancestors first, its chunks fall in rate, and no order found by the input or by ancestor
// selection is better anywhere.

#include "mempool/linearize.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace cairn;
using namespace cairn::mempool;

namespace {

void require(bool condition)
{
    if (!condition) std::abort();
}

struct Input {
    const std::uint8_t* data;
    std::size_t size;

    std::uint64_t take(std::size_t bytes)
    {
        std::uint64_t value = 0;
        for (; bytes > 0 && size > 0; --bytes, ++data, --size) value = value << 8 | *data;
        return value;
    }
};

struct Cluster {
    std::vector<policy::FeeFraction> rates;
    std::vector<PositionSet> ancestors;
    std::vector<std::uint64_t> ties;
};

Cluster read_cluster(Input& input)
{
    Cluster cluster;
    while (input.size > 0 && cluster.rates.size() < kMaxClusterCount) {
        const std::size_t i = cluster.rates.size();
        const auto fee = static_cast<std::int64_t>(input.take(2)) - 4000;
        const auto size = static_cast<std::int64_t>(1 + input.take(1));
        PositionSet mine = PositionSet{1} << i;
        for (std::uint64_t parents = input.take(1) % 4; parents > 0 && i > 0; --parents) {
            mine |= cluster.ancestors[input.take(1) % i];
        }
        cluster.rates.push_back({fee, size});
        cluster.ancestors.push_back(mine);
        cluster.ties.push_back(i);
    }
    return cluster;
}

std::vector<policy::FeeFraction> diagram(const Cluster& cluster, const std::vector<std::uint8_t>& order)
{
    std::vector<policy::FeeFraction> rates;
    for (const auto i : order) rates.push_back(cluster.rates[i]);
    std::vector<policy::FeeFraction> result;
    for (const auto& chunk : chunks_of(rates)) result.push_back(chunk.rate);
    return result;
}

std::vector<std::uint8_t> by_ancestors(const Cluster& cluster)
{
    std::vector<std::uint8_t> order;
    PositionSet done = 0;
    while (order.size() < cluster.rates.size()) {
        policy::FeeFraction best;
        PositionSet best_set = 0;
        for (std::size_t i = 0; i < cluster.rates.size(); ++i) {
            const PositionSet set = cluster.ancestors[i] & ~done;
            policy::FeeFraction sum;
            for (PositionSet rest = set; rest != 0; rest &= rest - 1) {
                sum += cluster.rates[static_cast<std::size_t>(std::countr_zero(rest))];
            }
            if (set == 0 || (best_set != 0 && policy::compare_rate(sum, best) <= 0)) continue;
            best = sum;
            best_set = set;
        }
        for (PositionSet rest = best_set; rest != 0; rest &= rest - 1) {
            order.push_back(static_cast<std::uint8_t>(std::countr_zero(rest)));
        }
        done |= best_set;
    }
    return order;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input{data, size};
    const Cluster cluster = read_cluster(input);
    const Linearization result = linearize(cluster.rates, cluster.ancestors, cluster.ties);
    PositionSet done = 0;
    for (const auto i : result.order) {
        require((cluster.ancestors[i] & ~done) == PositionSet{1} << i);
        done |= PositionSet{1} << i;
    }
    require(result.order.size() == cluster.rates.size());
    std::vector<policy::FeeFraction> ours;
    for (const auto& chunk : result.chunks) ours.push_back(chunk.rate);
    require(ours == diagram(cluster, result.order));
    std::vector<std::uint8_t> as_given(cluster.rates.size());
    for (std::size_t i = 0; i < as_given.size(); ++i) as_given[i] = static_cast<std::uint8_t>(i);
    for (const auto& other : {as_given, by_ancestors(cluster)}) {
        const auto compared = compare_diagrams(ours, diagram(cluster, other));
        require(compared == std::partial_ordering::greater || compared == std::partial_ordering::equivalent);
    }
    return 0;
}
