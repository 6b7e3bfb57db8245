#include "chain/block_tree.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace cairn::chain {
namespace {

class BlockTreeTest : public testing::Test {
protected:
    const BlockNode& add(const BlockNode* parent)
    {
        BlockHeader header;
        if (parent != nullptr) header.previous = parent->hash();
        header.bits = 0x207fffff;
        header.nonce = ++count;
        return writer.insert(header, header.hash());
    }

    BlockTree tree{42};
    BlockTreeWriter writer{tree};
    std::uint32_t count = 0;
};

TEST_F(BlockTreeTest, AncestorsByWhateverWay)
{
    std::vector<const BlockNode*> chain{&add(nullptr)};
    for (int i = 0; i < 3000; ++i) chain.push_back(&add(chain.back()));
    base::SeededRandom random(5);
    for (int i = 0; i < 2000; ++i) {
        const std::size_t from = random.below(chain.size());
        const std::size_t to = random.below(from + 1);
        EXPECT_EQ(chain[from]->ancestor(static_cast<Height>(to)), chain[to]);
    }
    EXPECT_EQ(chain[10]->ancestor(11), nullptr);
    EXPECT_EQ(chain[10]->ancestor(-1), nullptr);
    const auto locator = make_locator(*chain.back());
    EXPECT_EQ(locator.front(), chain.back()->hash());
    EXPECT_EQ(locator.back(), chain.front()->hash());
    EXPECT_EQ(locator.size(), 22U);
    EXPECT_EQ(locator[10], chain[2990]->hash());
    EXPECT_EQ(locator[11], chain[2988]->hash());
}

TEST_F(BlockTreeTest, ForksAndLocators)
{
    std::vector<const BlockNode*> chain{&add(nullptr)};
    for (int i = 0; i < 100; ++i) chain.push_back(&add(chain.back()));
    const BlockNode* side = chain[60];
    for (int i = 0; i < 20; ++i) side = &add(side);
    EXPECT_EQ(last_common_ancestor(chain[100], side), chain[60]);
    EXPECT_EQ(last_common_ancestor(chain[100], chain[70]), chain[70]);
    EXPECT_EQ(last_common_ancestor(nullptr, side), nullptr);
    const ChainOf active(chain[90]);
    EXPECT_TRUE(active.contains(*chain[90]));
    EXPECT_FALSE(active.contains(*chain[91]));
    EXPECT_EQ(active.next(*chain[89]), chain[90]);
    EXPECT_EQ(active.next(*chain[90]), nullptr);
    EXPECT_EQ(active.next(*side), nullptr);
    EXPECT_EQ(active.fork_of(*side), chain[60]);
    EXPECT_EQ(tree.find_fork(std::vector{side->hash(), chain[50]->hash()}, active), chain[50]);
    EXPECT_EQ(tree.find_fork(std::vector{chain[95]->hash()}, active), chain[90]) << "beyond our tip";
    EXPECT_EQ(tree.find_fork(std::vector<BlockHash>{BlockHash{}}, active), chain[0]);
    EXPECT_EQ(tree.find(BlockHash{}), nullptr);
    EXPECT_EQ(tree.best_header(), chain[100]);
    EXPECT_EQ(tree.size(), 121U);
}

TEST_F(BlockTreeTest, FailureSpreadsAndStatusIsKept)
{
    const BlockNode& root = add(nullptr);
    const BlockNode& a = add(&root);
    const BlockNode& b = add(&a);
    const BlockNode& c = add(&root);
    writer.set_data(BlockTreeWriter::mutate(b), {3, 77}, 5, true);
    EXPECT_EQ(b.data_position(), (storage::FilePosition{3, 77}));
    EXPECT_EQ(b.status().validity(), Validity::kTransactions);
    writer.set_undo(BlockTreeWriter::mutate(b), {3, 99});
    EXPECT_EQ(b.undo_position(), (storage::FilePosition{3, 99}));
    EXPECT_EQ(writer.take_dirty().size(), 4U);
    writer.set_failed(BlockTreeWriter::mutate(a), true);
    EXPECT_EQ(writer.fail_descendants(a).size(), 1U);
    EXPECT_TRUE(b.status().failed());
    EXPECT_FALSE(b.status().is_valid(Validity::kTree));
    EXPECT_TRUE(c.status().is_valid(Validity::kTree));
    writer.recompute_best_header();
    EXPECT_EQ(tree.best_header(), &c);
    EXPECT_EQ(writer.take_dirty().size(), 2U);
    EXPECT_FALSE(writer.has_dirty());
}

}  // namespace
}  // namespace cairn::chain
