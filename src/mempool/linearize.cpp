#include "mempool/linearize.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <utility>

namespace cairn::mempool {

using policy::FeeFraction;

namespace {

__extension__ using Wide = __int128;

constexpr PositionSet bit(std::size_t position)
{
    return PositionSet{1} << position;
}

/// Removes and returns the lowest position of a set that is not empty.
std::size_t take_lowest(PositionSet& set)
{
    const auto position = static_cast<std::size_t>(std::countr_zero(set));
    set &= set - 1;
    return position;
}

/// Maximum closure of a set at its own fee rate, as a flow from those that pay above it to the ancestors below it.
class ClosureFlow {
public:
    ClosureFlow(std::span<const FeeFraction> rates, std::span<const PositionSet> ancestors, PositionSet set)
        : ancestors_(ancestors), set_(set)
    {
        FeeFraction total;
        for (PositionSet rest = set; rest != 0;) total += rates[take_lowest(rest)];
        for (PositionSet rest = set; rest != 0;) {
            const std::size_t i = take_lowest(rest);
            const Wide weight = Wide{rates[i].fee} * total.size - Wide{total.fee} * rates[i].size;
            room_[i] = weight < 0 ? -weight : weight;
            if (weight > 0) givers_ |= bit(i);
            if (weight < 0) takers_ |= bit(i);
        }
    }

    /// The transactions that together pay most above the set's rate, with their ancestors; empty if none do.
    PositionSet best()
    {
        give_directly();
        while (const PositionSet unspent = givers_with_room()) {
            const PositionSet cut = augment(unspent);
            if (cut != 0) return cut;
        }
        return 0;
    }

    /// After best() gave nothing: the smallest parts of equal rate, in an order that keeps ancestors first.
    std::vector<PositionSet> parts(std::span<const std::uint64_t> ties) const
    {
        std::array<PositionSet, kMaxClusterCount> reach{};
        for (PositionSet rest = set_; rest != 0;) {
            const std::size_t i = take_lowest(rest);
            reach[i] = reachable(i);
        }
        std::vector<std::pair<std::pair<int, std::uint64_t>, PositionSet>> found;
        for (PositionSet rest = set_; rest != 0;) {
            const auto i = static_cast<std::size_t>(std::countr_zero(rest));
            PositionSet part = 0;
            std::uint64_t tie = ~std::uint64_t{0};
            for (PositionSet other = reach[i]; other != 0;) {
                const std::size_t j = take_lowest(other);
                if ((reach[j] & bit(i)) == 0) continue;
                part |= bit(j);
                tie = std::min(tie, ties[j]);
            }
            found.push_back({{std::popcount(reach[i]), tie}, part});
            rest &= ~part;
        }
        // A part that another needs reaches strictly less than that one does.
        std::ranges::sort(found);
        std::vector<PositionSet> result;
        for (const auto& [key, part] : found) result.push_back(part);
        return result;
    }

private:
    PositionSet takers_above(std::size_t giver) const { return ancestors_[giver] & takers_; }

    PositionSet givers_with_room() const
    {
        PositionSet result = 0;
        for (PositionSet rest = givers_; rest != 0;) {
            const std::size_t i = take_lowest(rest);
            if (room_[i] > 0) result |= bit(i);
        }
        return result;
    }

    /// Adds to (or with a negative amount takes from) what flows from giver to taker.
    void push(std::size_t giver, std::size_t taker, Wide amount)
    {
        const bool flows = (fed_by_[taker] & bit(giver)) != 0;
        Wide& flow = flow_[giver][taker];
        flow = flows ? flow + amount : amount;
        if (flow != 0) {
            fed_by_[taker] |= bit(giver);
        } else {
            fed_by_[taker] &= ~bit(giver);
        }
    }

    void give_directly()
    {
        for (PositionSet givers = givers_; givers != 0;) {
            const std::size_t i = take_lowest(givers);
            for (PositionSet takers = takers_above(i) & set_; takers != 0 && room_[i] > 0;) {
                const std::size_t j = take_lowest(takers);
                const Wide amount = std::min(room_[i], room_[j]);
                if (amount == 0) continue;
                push(i, j, amount);
                room_[i] -= amount;
                room_[j] -= amount;
            }
        }
    }

    /// Moves more along one path from `unspent`; if there is none, the closure that was reached.
    PositionSet augment(PositionSet unspent)
    {
        std::array<std::uint8_t, kMaxClusterCount> from{};  // of a taker: the giver before it; of a giver: the taker
        PositionSet reached = unspent;
        PositionSet closure = 0;
        for (PositionSet frontier = unspent; frontier != 0;) {
            const std::size_t i = take_lowest(frontier);
            closure |= ancestors_[i] & set_;
            for (PositionSet takers = takers_above(i) & set_ & ~reached; takers != 0;) {
                const std::size_t j = take_lowest(takers);
                reached |= bit(j);
                from[j] = static_cast<std::uint8_t>(i);
                if (room_[j] > 0) {
                    send(j, from, unspent);
                    return 0;
                }
                const PositionSet next = fed_by_[j] & ~reached;
                for (PositionSet rest = next; rest != 0;) from[take_lowest(rest)] = static_cast<std::uint8_t>(j);
                reached |= next;
                frontier |= next;
            }
        }
        return closure;
    }

    void send(std::size_t taker, const std::array<std::uint8_t, kMaxClusterCount>& from, PositionSet unspent)
    {
        Wide amount = room_[taker];
        std::size_t giver = from[taker];
        for (std::size_t j = taker; (unspent & bit(giver)) == 0; giver = from[j]) {
            j = from[giver];
            amount = std::min(amount, flow_[giver][j]);
        }
        amount = std::min(amount, room_[giver]);
        room_[giver] -= amount;
        room_[taker] -= amount;
        for (std::size_t j = taker;;) {
            const std::size_t i = from[j];
            push(i, j, amount);
            if ((unspent & bit(i)) != 0) break;
            j = from[i];
            push(i, j, -amount);
        }
    }

    PositionSet reachable(std::size_t start) const
    {
        PositionSet reached = bit(start);
        for (PositionSet frontier = reached; frontier != 0;) {
            const std::size_t i = take_lowest(frontier);
            const PositionSet next = ((ancestors_[i] & set_) | fed_by_[i]) & ~reached;
            reached |= next;
            frontier |= next;
        }
        return reached;
    }

    std::span<const PositionSet> ancestors_;
    PositionSet set_;
    PositionSet givers_ = 0;
    PositionSet takers_ = 0;
    /// What a giver has left to give, a taker left to take.
    std::array<Wide, kMaxClusterCount> room_{};
    std::array<PositionSet, kMaxClusterCount> fed_by_{};
    /// Meaningful where fed_by_ says that something flows; not cleared otherwise, which would cost more than the rest.
    std::array<std::array<Wide, kMaxClusterCount>, kMaxClusterCount> flow_;
};

class Linearizer {
public:
    Linearizer(std::span<const FeeFraction> rates, std::span<const PositionSet> ancestors,
               std::span<const std::uint64_t> ties)
        : rates_(rates), ancestors_(ancestors), ties_(ties)
    {
    }

    Linearization run()
    {
        const std::size_t count = rates_.size();
        result_.order.reserve(count);
        // The halves still to be cut, the first to be mined on top.
        std::vector<PositionSet> todo;
        if (count > 0) todo.push_back(count == kMaxClusterCount ? ~PositionSet{0} : bit(count) - 1);
        while (!todo.empty()) {
            const PositionSet set = todo.back();
            todo.pop_back();
            if (std::has_single_bit(set)) {
                emit(set);
                continue;
            }
            ClosureFlow flow(rates_, ancestors_, set);
            const PositionSet first = flow.best();
            if (first == 0) {
                for (const PositionSet part : flow.parts(ties_)) emit(part);
            } else {
                todo.push_back(set & ~first);
                todo.push_back(first);
            }
        }
        return std::move(result_);
    }

private:
    void emit(PositionSet chunk)
    {
        Linearization::Chunk summary;
        for (PositionSet rest = chunk; rest != 0;) {
            const std::size_t next = best_ready(rest);
            result_.order.push_back(static_cast<std::uint8_t>(next));
            summary.rate += rates_[next];
            ++summary.count;
            rest &= ~bit(next);
        }
        result_.chunks.push_back(summary);
    }

    /// Of those whose ancestors are all out already, the one of the highest rate.
    std::size_t best_ready(PositionSet rest) const
    {
        std::size_t best = kMaxClusterCount;
        for (PositionSet candidates = rest; candidates != 0;) {
            const std::size_t i = take_lowest(candidates);
            if ((ancestors_[i] & rest) != bit(i)) continue;
            if (best == kMaxClusterCount || is_before(i, best)) best = i;
        }
        assert(best != kMaxClusterCount);
        return best;
    }

    bool is_before(std::size_t a, std::size_t b) const
    {
        const auto order = policy::compare_rate(rates_[a], rates_[b]);
        if (order != 0) return order > 0;
        return ties_[a] < ties_[b];
    }

    std::span<const FeeFraction> rates_;
    std::span<const PositionSet> ancestors_;
    std::span<const std::uint64_t> ties_;
    Linearization result_;
};

/// Walks a diagram's corners, and gives its height at any size.
class Diagram {
public:
    explicit Diagram(std::span<const FeeFraction> chunks) : chunks_(chunks) {}

    bool at_end() const { return next_ == chunks_.size(); }
    FeeFraction next_corner() const { return at_end() ? corner_ : corner_ + chunks_[next_]; }
    void advance() { corner_ += chunks_[next_++]; }

    /// Compares a point, whose size is from the present corner to the next (or beyond the end), with this diagram
    /// there.
    std::strong_ordering compare_point(const FeeFraction& point) const
    {
        const FeeFraction step = at_end() ? FeeFraction{0, 1} : chunks_[next_];
        const FeeFraction offset = point - corner_;
        return Wide{offset.fee} * step.size <=> Wide{step.fee} * offset.size;
    }

private:
    std::span<const FeeFraction> chunks_;
    std::size_t next_ = 0;
    FeeFraction corner_;
};

}  // namespace

Linearization linearize(std::span<const FeeFraction> rates, std::span<const PositionSet> ancestors,
                        std::span<const std::uint64_t> ties)
{
    assert(rates.size() <= kMaxClusterCount && ancestors.size() == rates.size() && ties.size() == rates.size());
    return Linearizer(rates, ancestors, ties).run();
}

std::vector<Linearization::Chunk> chunks_of(std::span<const FeeFraction> rates_in_order)
{
    std::vector<Linearization::Chunk> chunks;
    for (const FeeFraction& rate : rates_in_order) {
        Linearization::Chunk chunk{rate, 1};
        while (!chunks.empty() && policy::compare_rate(chunk.rate, chunks.back().rate) > 0) {
            chunk.rate += chunks.back().rate;
            chunk.count += chunks.back().count;
            chunks.pop_back();
        }
        chunks.push_back(chunk);
    }
    return chunks;
}

std::partial_ordering compare_diagrams(std::span<const FeeFraction> a, std::span<const FeeFraction> b)
{
    Diagram left(a);
    Diagram right(b);
    bool left_better = false;
    bool right_better = false;
    // The diagrams are straight between corners, so that corners decide; beyond its end each goes on level.
    while (!left.at_end() || !right.at_end()) {
        const bool step_left =
            right.at_end() || (!left.at_end() && left.next_corner().size <= right.next_corner().size);
        Diagram& moving = step_left ? left : right;
        Diagram& other = step_left ? right : left;
        const auto order = other.compare_point(moving.next_corner());
        if (order != 0) ((order > 0) == step_left ? left_better : right_better) = true;
        moving.advance();
    }
    if (left_better && right_better) return std::partial_ordering::unordered;
    if (left_better) return std::partial_ordering::greater;
    return right_better ? std::partial_ordering::less : std::partial_ordering::equivalent;
}

}  // namespace cairn::mempool
