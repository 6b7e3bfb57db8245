// Blocks and headers with one peer at a time: announcements, requests, serving, order.

#include "peer_bench.h"

namespace cairn::protocol::test {
namespace {

using Remote = PeerBench::Remote;

std::vector<BlockRef> branch(const BlockHeader& from, int count, std::uint64_t tag, std::uint32_t bits = kNormalBits)
{
    std::vector<BlockRef> blocks;
    BlockHeader parent = from;
    for (int i = 0; i < count; ++i) {
        blocks.push_back(make_block(parent, static_cast<std::uint32_t>(kBenchStart) - 30,
                                    tag + static_cast<std::uint64_t>(i), {}, 0, bits));
        parent = blocks.back()->header;
    }
    return blocks;
}

BlockHeader tip_header(const PeerBench& bench)
{
    return bench.chain.block_header(bench.chain.tip());
}

void send_headers(PeerBench& bench, Remote* peer, const std::vector<BlockRef>& blocks)
{
    std::vector<BlockHeader> headers;
    for (const BlockRef& block : blocks) headers.push_back(block->header);
    bench.send(peer, message::kHeaders, encode_headers(headers));
}

std::vector<Inventory> block_requests(const Remote* peer)
{
    return PeerBench::items(peer, "getdata");
}

LocatorMessage locator_of(const PeerBench& bench, Height height)
{
    LocatorMessage locator;
    locator.have = bench.chain.locator(bench.chain.active_at(height));
    return locator;
}

TEST(Announce, ByInvUntilHeadersAreAskedFor)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    bench.mine();
    bench.tick();
    auto invs = PeerBench::items(peer, "inv");
    ASSERT_EQ(invs.size(), 1u);
    EXPECT_EQ(invs[0], (Inventory{InvType::kBlock, bench.chain.tip_hash().value}));
    EXPECT_EQ(PeerBench::count(peer, "headers"), 0u);
}

TEST(Announce, ByHeadersOnceAskedForAndConnecting)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kSendHeaders);
    bench.send(peer, message::kGetHeaders, encode_locator(locator_of(bench, 2)));  // it has all we have
    ASSERT_EQ(PeerBench::count(peer, "headers"), 1u);
    bench.mine();
    const auto list = decode_headers(PeerBench::last(peer, "headers")->payload, kMaxHeaders);
    ASSERT_EQ(list->items.size(), 1u);
    EXPECT_EQ(list->items[0].hash(), bench.chain.tip_hash());
    EXPECT_TRUE(PeerBench::items(peer, "inv").empty());
    bench.mine();  // the next connects to what was announced
    EXPECT_EQ(PeerBench::count(peer, "headers"), 3u);
}

TEST(Announce, HeadersThatWouldNotConnectAreReplacedByInv)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kSendHeaders);
    bench.mine();  // the peer never told what it has
    EXPECT_EQ(PeerBench::count(peer, "headers"), 0u);
    EXPECT_EQ(PeerBench::items(peer, "inv").size(), 1u);
}

TEST(Announce, AtMostEightHeadersElseTheTipByInv)
{
    for (const int blocks : {8, 9}) {
        PeerBench bench;
        bench.mine(2);
        auto* peer = bench.ready_inbound();
        bench.send(peer, message::kSendHeaders);
        bench.send(peer, message::kGetHeaders, encode_locator(locator_of(bench, 2)));
        peer->received.clear();
        // All of them in one change of tip, a reorganisation.
        const auto longer = branch(bench.chain.block_header(bench.chain.active_at(0)), blocks, 77000, kNormalBits * 2);
        for (const auto& block : longer) bench.chain.add_block(block, true, true);
        bench.publish();
        const bool by_headers = PeerBench::count(peer, "headers") == 1;
        if (blocks == 8) {
            ASSERT_TRUE(by_headers);
            EXPECT_EQ(decode_headers(peer->received.back().payload, kMaxHeaders)->items.size(), 8u);
        } else {
            EXPECT_FALSE(by_headers);
            EXPECT_EQ(PeerBench::items(peer, "inv").size(), 1u);
        }
    }
}

TEST(Announce, NothingDuringInitialDownload)
{
    PeerBench bench;
    bench.chain.initial_download = true;
    auto* peer = bench.ready_inbound();
    bench.mine();
    bench.pass(1s);
    EXPECT_TRUE(PeerBench::items(peer, "inv").empty());
}

TEST(Download, AnnouncedHeadersAreFetchedAtOnceWithWitness)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    const auto blocks = branch(tip_header(bench), 3, 500);
    bench.answer = true;
    send_headers(bench, peer, blocks);
    const auto wanted = block_requests(peer);
    ASSERT_EQ(wanted.size(), 3u);
    EXPECT_EQ(wanted[0], (Inventory{InvType::kWitnessBlock, blocks[0]->hash.value}));
    for (const auto& block : blocks) bench.send(peer, message::kBlock, block->raw);
    EXPECT_EQ(bench.chain.tip_hash(), blocks.back()->hash);
    for (const auto& submitted : bench.blocks) EXPECT_TRUE(submitted.requested);
}

TEST(Download, AtMostSixteenInFlightPerPeer)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    send_headers(bench, peer, branch(tip_header(bench), 40, 500));
    bench.pass(500ms);
    EXPECT_EQ(block_requests(peer).size(), kMaxBlocksInFlightPerPeer);
    EXPECT_EQ(bench.stats(peer).inflight.size(), kMaxBlocksInFlightPerPeer);
    EXPECT_EQ(bench.stats(peer).synced_headers, 42);
}

TEST(Download, TheWindowEndsAtOneThousandAndTwentyFour)
{
    PeerBench bench;
    bench.mine(1);
    auto* peer = bench.ready_inbound();
    auto* other = bench.ready_inbound(2);
    const auto blocks = branch(tip_header(bench), kBlockWindow + 20, 500);
    send_headers(bench, peer, blocks);
    send_headers(bench, other, blocks);
    // Everything but the first arrives from the two.
    const BlockHash first = blocks[0]->hash;
    std::set<Hash256> asked;
    for (bool any = true; any;) {
        any = false;
        bench.tick();
        for (Remote* r : {peer, other}) {
            const auto wanted = block_requests(r);
            r->received.clear();
            for (const Inventory& item : wanted) {
                if (!asked.insert(item.hash).second || item.hash == first.value) continue;
                any = true;
                const auto found =
                    std::ranges::find(blocks, BlockHash{item.hash}, [](const BlockRef& b) { return b->hash; });
                bench.send(r, message::kBlock, (*found)->raw);
            }
        }
    }
    EXPECT_EQ(asked.size(), static_cast<std::size_t>(kBlockWindow));  // heights 2 to 1025; the next would be outside
    EXPECT_EQ(bench.chain.height(), 1);
}

TEST(Download, UnrequestedBlocksAreMarkedSo)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    const auto next = branch(tip_header(bench), 1, 900);
    bench.send(peer, message::kBlock, next[0]->raw);
    ASSERT_EQ(bench.blocks.size(), 1u);
    EXPECT_FALSE(bench.blocks[0].requested);
    EXPECT_TRUE(bench.blocks[0].min_work_checked);
    EXPECT_EQ(bench.chain.tip_hash(), next[0]->hash);
    bench.chain.minimum = ChainWork{1'000'000};
    bench.send(peer, message::kBlock, branch(next[0]->header, 1, 901)[0]->raw);
    EXPECT_FALSE(bench.blocks[1].min_work_checked);
    EXPECT_FALSE(peer->disconnected);
}

TEST(Download, AnInvOfAnUnknownBlockAsksForHeadersOnce)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    bench.pass(1s);
    const auto blocks = branch(tip_header(bench), 2, 900);
    send_headers(bench, peer, {blocks[0]});  // answers what was asked at the start
    peer->received.clear();
    std::vector<Inventory> many;
    for (int i = 0; i < 1000; ++i) {
        Hash256 hash;
        hash.bytes[0] = std::byte(i & 0xff);
        hash.bytes[1] = std::byte(i >> 8);
        hash.bytes[5] = std::byte{1};
        many.push_back({InvType::kBlock, hash});
    }
    bench.send(peer, message::kInv, encode_inventory(many));
    EXPECT_EQ(PeerBench::count(peer, "getheaders"), 1u);  // CVE-2024-52915
    bench.send(peer, message::kInv, encode_inventory(many));
    EXPECT_EQ(PeerBench::count(peer, "getheaders"), 1u);
    EXPECT_TRUE(block_requests(peer).size() <= 1u);
}

TEST(Download, HeadersThatDoNotConnectLeadToAQuestion)
{
    PeerBench bench;
    bench.mine(2);
    auto* peer = bench.ready_inbound();
    send_headers(bench, peer, branch(tip_header(bench), 1, 300));
    peer->received.clear();
    const auto far = branch(branch(tip_header(bench), 5, 400).back()->header, 1, 600);
    send_headers(bench, peer, far);
    EXPECT_EQ(PeerBench::count(peer, "getheaders"), 1u);
    EXPECT_FALSE(peer->disconnected);
}

TEST(Download, VerdictsAndWhatTheyCost)
{
    struct Case {
        BlockVerdict verdict;
        bool inbound_stays;
        bool outbound_stays;
    };
    for (const Case c :
         {Case{BlockVerdict::kConsensus, false, false}, Case{BlockVerdict::kMutated, false, false},
          Case{BlockVerdict::kCachedInvalid, true, false}, Case{BlockVerdict::kInvalidHeader, false, false},
          Case{BlockVerdict::kInvalidPrevious, false, false}, Case{BlockVerdict::kMissingPrevious, false, false},
          Case{BlockVerdict::kTimeFuture, true, true}, Case{BlockVerdict::kLowWork, true, true},
          Case{BlockVerdict::kNotProcessed, true, true}}) {
        for (const bool inbound : {true, false}) {
            PeerBench bench;
            bench.mine(2);
            bench.answer = false;
            auto* peer = inbound ? bench.accept() : bench.dial(ConnectionType::kFullOutbound);
            bench.handshake(peer);
            const auto block = branch(tip_header(bench), 1, 900)[0];
            bench.send(peer, message::kBlock, block->raw);
            bench.engine.on_block_result(peer->id, block->hash, {false, c.verdict, "reason"}, bench.now);
            bench.carry_out();
            EXPECT_EQ(!peer->disconnected, inbound ? c.inbound_stays : c.outbound_stays) << int(c.verdict);
        }
    }
}

TEST(Download, AVerdictThatComesLaterFindsItsSender)
{
    PeerBench bench;
    bench.mine(2);
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    const auto block = branch(tip_header(bench), 1, 900)[0];
    bench.send(peer, message::kBlock, block->raw);
    bench.engine.on_block_result(peer->id, block->hash, {true, BlockVerdict::kValid, ""}, bench.now);
    EXPECT_FALSE(peer->disconnected);
    bench.engine.on_block_checked(block->hash, BlockVerdict::kConsensus, "bad-cb-amount", bench.now);
    bench.carry_out();
    EXPECT_TRUE(peer->disconnected);
}

/// As if somebody had told of the blocks' headers before.
void know_headers(PeerBench& bench, const std::vector<BlockRef>& blocks)
{
    for (const auto& block : blocks) bench.chain.add_headers(std::span{&block->header, 1});
}

TEST(Order, ABlockOfUnknownParentWaitsForTheBlocksBeforeIt)
{
    PeerBench bench;
    bench.mine(2);
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    const auto blocks = branch(tip_header(bench), 3, 900);
    for (const auto& block : blocks) bench.send(peer, message::kBlock, block->raw);
    EXPECT_EQ(bench.blocks.size(), 1u);
    bench.answer_block(bench.blocks[0]);
    EXPECT_EQ(bench.blocks.size(), 2u);
    bench.answer_block(bench.blocks[1]);
    EXPECT_EQ(bench.blocks.size(), 3u);
    EXPECT_FALSE(peer->disconnected);
}

TEST(Order, APongWaitsForWhatWasSentBefore)
{
    PeerBench bench;
    bench.mine(2);
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    auto* other = bench.ready_inbound(2);
    const auto blocks = branch(tip_header(bench), 3, 900);
    know_headers(bench, blocks);
    for (const auto& block : blocks) bench.send(peer, message::kBlock, block->raw);
    EXPECT_EQ(bench.blocks.size(), 3u);  // blocks need not wait for blocks
    bench.send(peer, message::kPing, encode_u64(1));
    bench.send(other, message::kPing, encode_u64(2));
    EXPECT_EQ(PeerBench::count(other, "pong"), 1u);  // others never wait
    bench.answer_block(bench.blocks[0]);
    bench.answer_block(bench.blocks[1]);
    EXPECT_EQ(PeerBench::count(peer, "pong"), 0u);
    bench.answer_block(bench.blocks[2]);
    EXPECT_EQ(PeerBench::count(peer, "pong"), 1u);
}

TEST(Order, BlocksAwaitingTheirVerdictAreBounded)
{
    PeerBench bench;
    bench.mine(2);
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    const auto blocks = branch(tip_header(bench), static_cast<int>(kMaxSubmittedBlocks) + 1, 900);
    know_headers(bench, blocks);
    for (const auto& block : blocks) bench.send(peer, message::kBlock, block->raw);
    EXPECT_EQ(bench.blocks.size(), kMaxSubmittedBlocks);
    bench.answer_block(bench.blocks[0]);
    EXPECT_EQ(bench.blocks.size(), kMaxSubmittedBlocks + 1);
}

TEST(Serve, HeadersAfterTheLocatorUpToTheStop)
{
    PeerBench bench;
    bench.mine(10);
    auto* peer = bench.ready_inbound();
    LocatorMessage locator = locator_of(bench, 3);
    bench.send(peer, message::kGetHeaders, encode_locator(locator));
    auto answer = decode_headers(PeerBench::last(peer, "headers")->payload, kMaxHeaders);
    ASSERT_EQ(answer->items.size(), 7u);
    EXPECT_EQ(answer->items.back().hash(), bench.chain.tip_hash());
    locator.stop = bench.chain.info(bench.chain.active_at(5)).hash;
    bench.send(peer, message::kGetHeaders, encode_locator(locator));
    answer = decode_headers(PeerBench::last(peer, "headers")->payload, kMaxHeaders);
    EXPECT_EQ(answer->items.size(), 2u);
    bench.send(peer, message::kGetHeaders, encode_locator({70016, {}, locator.stop}));  // one by name
    answer = decode_headers(PeerBench::last(peer, "headers")->payload, kMaxHeaders);
    ASSERT_GE(answer->items.size(), 1u);
    EXPECT_EQ(answer->items[0].hash(), locator.stop);
}

TEST(Serve, HeadersAtMostTwoThousand)
{
    for (const int count : {2000, 2001}) {
        PeerBench bench;
        bench.mine(count);
        auto* peer = bench.ready_inbound();
        bench.send(peer, message::kGetHeaders, encode_locator(locator_of(bench, 0)));
        EXPECT_EQ(decode_headers(PeerBench::last(peer, "headers")->payload, kMaxHeaders)->items.size(), 2000u);
    }
}

TEST(Serve, NothingOfAChainBelowMinimumWorkButForDownloadPermission)
{
    PeerBench bench;
    bench.mine(5);
    bench.chain.minimum = ChainWork{1'000'000};
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kGetHeaders, encode_locator(locator_of(bench, 0)));
    EXPECT_TRUE(decode_headers(PeerBench::last(peer, "headers")->payload, kMaxHeaders)->items.empty());
    auto* friendly = bench.ready_inbound(2, kPermissionDownload);
    bench.send(friendly, message::kGetHeaders, encode_locator(locator_of(bench, 0)));
    EXPECT_EQ(decode_headers(PeerBench::last(friendly, "headers")->payload, kMaxHeaders)->items.size(), 5u);
}

TEST(Serve, BlocksWithAndWithoutWitness)
{
    PeerBench bench;
    const TransactionRef spend = make_spend(Txid{}, 0, 3);
    bench.chain.mine(static_cast<std::uint32_t>(kBenchStart) - 60, {spend});
    bench.publish();
    auto* peer = bench.ready_inbound();
    const BlockRef block = bench.chain.block(bench.chain.tip_hash());
    for (const InvType type : {InvType::kWitnessBlock, InvType::kCompactBlock}) {
        bench.getdata(peer, {{type, block->hash.value}});
        EXPECT_TRUE(std::ranges::equal(PeerBench::last(peer, "block")->payload, block->raw));
    }
    bench.getdata(peer, {{InvType::kBlock, block->hash.value}});
    EXPECT_EQ(PeerBench::last(peer, "block")->payload, encode_without_witness(*block));
    EXPECT_LT(PeerBench::last(peer, "block")->payload.size(), block->raw.size());
}

TEST(Serve, UnknownBlocksAndTypesAreSkipped)
{
    PeerBench bench;
    bench.mine(1);
    auto* peer = bench.ready_inbound();
    Hash256 nobody;
    nobody.bytes[3] = std::byte{9};
    bench.getdata(peer, {{InvType::kBlock, nobody},
                         {static_cast<InvType>(77), nobody},
                         {InvType::kWitnessBlock, bench.chain.tip_hash().value}});
    EXPECT_EQ(PeerBench::count(peer, "block"), 1u);
    EXPECT_EQ(PeerBench::count(peer, "notfound"), 0u);
    bench.getdata(peer, {{InvType::kTx, nobody}, {InvType::kWtx, nobody}});
    EXPECT_EQ(PeerBench::items(peer, "notfound").size(), 2u);
}

TEST(Serve, OneBlockIsReadAtATimeAndTheRestWaits)
{
    PeerBench bench;
    bench.mine(3);
    bench.answer = false;
    auto* peer = bench.ready_inbound();
    std::vector<Inventory> wanted;
    for (Height h = 1; h <= 3; ++h) {
        wanted.push_back({InvType::kWitnessBlock, bench.chain.info(bench.chain.active_at(h)).hash.value});
    }
    bench.getdata(peer, wanted);
    bench.send(peer, message::kPing, encode_u64(5));
    EXPECT_EQ(bench.reads.size(), 1u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(PeerBench::count(peer, "pong"), 0u);
        bench.answer_read(bench.reads[i]);
    }
    EXPECT_EQ(PeerBench::count(peer, "block"), 3u);
    EXPECT_EQ(peer->received.back().type, "pong");
}

TEST(Serve, AFullSendBufferHoldsBackFurtherBlocks)
{
    EngineOptions options = bench_options();
    options.send_buffer = 1000;
    PeerBench bench(options);
    for (int i = 0; i < 3; ++i) bench.chain.mine(static_cast<std::uint32_t>(kBenchStart) - 60, {}, 5000);
    bench.publish();
    auto* peer = bench.ready_inbound();
    peer->reports_sent = false;
    std::vector<Inventory> wanted;
    for (Height h = 1; h <= 3; ++h) {
        wanted.push_back({InvType::kWitnessBlock, bench.chain.info(bench.chain.active_at(h)).hash.value});
    }
    bench.getdata(peer, wanted);
    EXPECT_EQ(PeerBench::count(peer, "block"), 1u);
    peer->reports_sent = true;
    bench.engine.on_sent(peer->id, peer->unreported, bench.now);
    bench.carry_out();
    EXPECT_EQ(PeerBench::count(peer, "block"), 3u);
}

TEST(Serve, GetBlocksFiveHundredAtATimeThenMore)
{
    PeerBench bench;
    bench.mine(620);
    auto* peer = bench.ready_inbound();
    bench.send(peer, message::kGetBlocks, encode_locator(locator_of(bench, 0)));
    auto invs = PeerBench::items(peer, "inv");
    ASSERT_EQ(invs.size(), kMaxGetBlocksAnswer);
    peer->received.clear();
    bench.getdata(peer, {{InvType::kBlock, invs.back().hash}});
    invs = PeerBench::items(peer, "inv");
    ASSERT_EQ(invs.size(), 1u);  // the tip, so that it asks on
    EXPECT_EQ(invs[0].hash, bench.chain.tip_hash().value);
}

TEST(Serve, OldBranchesAreNotServed)
{
    PeerBench bench;
    bench.mine(2);
    const auto stale = branch(bench.chain.block_header(bench.chain.active_at(0)), 1, 4000)[0];
    bench.chain.add_block(stale, true, true);
    auto* peer = bench.ready_inbound();
    bench.getdata(peer, {{InvType::kWitnessBlock, stale->hash.value}});
    EXPECT_EQ(PeerBench::count(peer, "block"), 0u);  // never connected
    EXPECT_FALSE(peer->disconnected);
}

TEST(Serve, HistoricalBlocksStopWhenTheUploadTargetIsReached)
{
    EngineOptions options = bench_options();
    options.max_upload_target = 1;
    PeerBench bench(options);
    bench.chain.mine(static_cast<std::uint32_t>(kBenchStart) - 3'000'000);
    bench.mine(1);
    const Hash256 old = bench.chain.info(bench.chain.active_at(1)).hash.value;
    auto* peer = bench.ready_inbound(1);
    bench.getdata(peer, {{InvType::kWitnessBlock, bench.chain.tip_hash().value}});
    EXPECT_EQ(PeerBench::count(peer, "block"), 1u);
    bench.getdata(peer, {{InvType::kWitnessBlock, old}});
    EXPECT_TRUE(peer->disconnected);
    auto* friendly = bench.ready_inbound(2, kPermissionDownload);
    bench.getdata(friendly, {{InvType::kWitnessBlock, old}});
    EXPECT_FALSE(friendly->disconnected);
}

}  // namespace
}  // namespace cairn::protocol::test
