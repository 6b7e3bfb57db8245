// USES: consensus crypto test_support
// Signature hashes of any decodable transaction against those computed the slow way.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "consensus/encoding/reader.h"
#include "support/sighash_reference.h"

namespace {

using namespace cairn;
using namespace cairn::consensus;

void require(bool holds)
{
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Reader reader{std::as_bytes(std::span{data, size})};
    const std::uint32_t hash_type = reader.u32();
    const std::uint32_t position = reader.u32();
    const unsigned choices = reader.u8();
    const auto read_short = [&] {
        const std::size_t wanted = reader.u8();
        return reader.bytes(std::min(wanted, reader.rest().size()));
    };
    const ByteSpan code = read_short();
    const ByteSpan script_pubkey = read_short();
    if (!reader.ok()) return 0;
    const auto transaction = decode_transaction(reader.rest());
    if (!transaction || (*transaction)->inputs.empty()) return 0;

    const Transaction& ours = **transaction;
    const TransactionDraft draft{ours};
    const auto input = position % static_cast<std::uint32_t>(ours.inputs.size());
    require(sighash_legacy(ours, input, code, hash_type) ==
            test::reference_sighash_legacy(draft, input, code, hash_type));

    SpentOutputs spent;
    for (std::size_t i = 0; i < ours.inputs.size(); ++i) {
        spent.add(Amount{static_cast<std::int64_t>(i) * 1000}, i % 2 == 0 ? script_pubkey : code, 0, false);
    }
    const Amount amount = spent[input].value;
    const auto parts = (choices & 1) != 0 ? SighashCache::Parts::kAll : SighashCache::Parts::kAsNeeded;
    const SighashCache cache{ours, spent, 0, parts};
    require(sighash_witness_v0(ours, input, code, amount, hash_type, cache) ==
            test::reference_sighash_witness_v0(draft, input, code, amount, hash_type));

    TaprootSpend spend;
    if ((choices & 2) != 0) spend.annex_hash = Hash256{{std::byte{1}}};
    if ((choices & 4) != 0) spend.leaf_hash = Hash256{{std::byte{2}}};
    if ((choices & 8) != 0) spend.code_separator_position = position;
    const auto byte_type = static_cast<std::uint8_t>(hash_type);
    const auto hash = sighash_taproot(ours, input, spent.output(input), byte_type, cache, spend);
    if (cache.taproot()) require(hash == test::reference_sighash_taproot(draft, input, spent, byte_type, spend));
    if (!cache.taproot()) require(!hash);
    return 0;
}
