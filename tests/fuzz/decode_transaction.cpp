// USES: consensus
// Transactions: accepted exactly where a second, plain reading of BIP144 accepts, and then encoded to the same bytes,
// by every way there is; sizes and weight agree with the encodings.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "consensus/check_transaction.h"
#include "consensus/primitives/transaction_draft.h"

namespace {

using namespace cairn;

void require(bool condition)
{
    if (!condition) std::abort();
}

/// Bytes taken one by one, with the position as the only state.
struct Plain {
    ByteSpan in;
    std::size_t at = 0;

    std::optional<std::uint64_t> number(std::size_t size)
    {
        if (in.size() - at < size) return std::nullopt;
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(in[at + i]) << 8 * i;
        at += size;
        return value;
    }
    std::optional<std::uint64_t> length()
    {
        const auto first = number(1);
        if (!first || *first < 253) return first;
        const std::size_t size = *first == 253 ? 2 : *first == 254 ? 4 : 8;
        const auto value = number(size);
        const std::uint64_t least = size == 2 ? 253 : size == 4 ? 0x10000 : 0x100000000;
        if (!value || *value < least || *value > 0x02000000) return std::nullopt;
        return value;
    }
    bool skip(std::uint64_t size)
    {
        if (in.size() - at < size) return false;
        at += static_cast<std::size_t>(size);
        return true;
    }
    bool skip_sized()
    {
        const auto size = length();
        return size && skip(*size);
    }
};

bool plain_inputs(Plain& plain, std::uint64_t count)
{
    for (; count > 0; --count) {
        if (!plain.skip(36) || !plain.skip_sized() || !plain.skip(4)) return false;
    }
    return true;
}

bool plain_outputs(Plain& plain)
{
    auto count = plain.length();
    if (!count) return false;
    for (; *count > 0; --*count) {
        if (!plain.skip(8) || !plain.skip_sized()) return false;
    }
    return true;
}

bool plain_witnesses(Plain& plain, std::uint64_t inputs)
{
    bool any = false;
    for (; inputs > 0; --inputs) {
        auto items = plain.length();
        if (!items) return false;
        any = any || *items != 0;
        for (; *items > 0; --*items) {
            if (!plain.skip_sized()) return false;
        }
    }
    return any;
}

bool plainly_valid(ByteSpan in, bool witness_allowed)
{
    Plain plain{in};
    if (!plain.skip(4)) return false;
    auto inputs = plain.length();
    if (!inputs) return false;
    bool with_witness = false;
    if (*inputs == 0 && witness_allowed) {
        const auto flag = plain.number(1);
        if (!flag || *flag > 1) return false;
        with_witness = *flag == 1;
        if (with_witness) {
            inputs = plain.length();
            if (!inputs || !plain_inputs(plain, *inputs) || !plain_outputs(plain)) return false;
        }
    } else if (!plain_inputs(plain, *inputs) || !plain_outputs(plain)) {
        return false;
    }
    if (with_witness && !plain_witnesses(plain, *inputs)) return false;
    return plain.skip(4) && plain.at == in.size();
}

void check_decoded(const Transaction& transaction, ByteSpan in)
{
    require(std::ranges::equal(transaction.raw, in));
    const TransactionDraft draft{transaction};
    require(std::ranges::equal(draft.encode(), in));
    const Bytes stripped = encode_without_witness(transaction);
    require(stripped.size() == transaction.stripped_size);
    require(transaction.weight() == static_cast<Weight>(3 * stripped.size() + in.size()));
    require(transaction.has_witness() || transaction.wtxid.value == transaction.txid.value);
    const TransactionRef copy = detach(transaction);
    require(copy->txid == transaction.txid && copy->wtxid == transaction.wtxid);
    const auto again = decode_transaction(stripped, WitnessEncoding::kForbidden);
    require(again && (*again)->txid == transaction.txid && !(*again)->has_witness());
    (void)consensus::check_transaction(transaction);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const ByteSpan in{reinterpret_cast<const std::byte*>(data), size};
    for (const auto encoding : {WitnessEncoding::kAllowed, WitnessEncoding::kForbidden}) {
        const auto transaction = decode_transaction(in, encoding);
        require(transaction.has_value() == plainly_valid(in, encoding == WitnessEncoding::kAllowed));
        if (transaction) check_decoded(**transaction, in);
    }
    return 0;
}
