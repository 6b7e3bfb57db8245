#pragma once
// Private to consensus/primitives: reads transactions in two passes over the same code, one that counts (and finds all
// errors before anything is allocated) and one that fills arrays of exactly that size, into which spans can point.

#include <cstdint>
#include <span>
#include <vector>

#include "consensus/encoding/reader.h"
#include "consensus/primitives/transaction.h"

namespace cairn::detail {

/// The parts of all transactions of a block, or of one.
struct TransactionParts {
    std::vector<TxInput> inputs;
    std::vector<TxOutput> outputs;
    std::vector<ByteSpan> witness_items;
};

/// First pass.
struct PartCounter {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    std::size_t witness_items = 0;

    void add(const TxInput&) { ++inputs; }
    void add(const TxOutput&) { ++outputs; }
    void add(ByteSpan) { ++witness_items; }
    void end_witness(std::size_t, std::size_t) {}

    void reserve(TransactionParts& parts) const
    {
        parts.inputs.reserve(inputs);
        parts.outputs.reserve(outputs);
        parts.witness_items.reserve(witness_items);
    }
};

/// Second pass, of one transaction: appends to arrays that have the capacity.
class PartFiller {
public:
    explicit PartFiller(TransactionParts& parts)
        : parts_(parts), first_input_(parts.inputs.size()), first_output_(parts.outputs.size())
    {
    }

    void add(const TxInput& input) { parts_.inputs.push_back(input); }
    void add(const TxOutput& output) { parts_.outputs.push_back(output); }
    void add(ByteSpan item) { parts_.witness_items.push_back(item); }
    void end_witness(std::size_t input, std::size_t items)
    {
        parts_.inputs[first_input_ + input].witness = std::span<const ByteSpan>{parts_.witness_items}.last(items);
    }

    std::span<const TxInput> inputs() const { return std::span{parts_.inputs}.subspan(first_input_); }
    std::span<const TxOutput> outputs() const { return std::span{parts_.outputs}.subspan(first_output_); }

private:
    TransactionParts& parts_;
    std::size_t first_input_;
    std::size_t first_output_;
};

/// What remains to be known of a transaction when its parts are in a sink.
struct TransactionFrame {
    std::uint32_t version = 0;
    std::uint32_t lock_time = 0;
    ByteSpan raw;
    /// Inputs and outputs with their counts: what stands between version and lock time if there is no witness.
    ByteSpan body;
};

template <class Sink>
std::uint64_t parse_inputs(Reader& reader, Sink& sink)
{
    const std::uint64_t count = reader.compact_size();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
        TxInput input;
        input.prevout.txid = reader.strong_hash<Txid>();
        input.prevout.index = reader.u32();
        input.script_sig = reader.sized_bytes();
        input.sequence = reader.u32();
        sink.add(input);
    }
    return count;
}

template <class Sink>
void parse_outputs(Reader& reader, Sink& sink)
{
    const std::uint64_t count = reader.compact_size();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
        TxOutput output;
        output.value = Amount{reader.i64()};
        output.script_pubkey = reader.sized_bytes();
        sink.add(output);
    }
}

template <class Sink>
void parse_witnesses(Reader& reader, std::uint64_t inputs, Sink& sink)
{
    bool any = false;
    for (std::uint64_t i = 0; i < inputs && reader.ok(); ++i) {
        const std::uint64_t items = reader.compact_size();
        any = any || items != 0;
        for (std::uint64_t item = 0; item < items && reader.ok(); ++item) sink.add(reader.sized_bytes());
        if (reader.ok()) sink.end_witness(static_cast<std::size_t>(i), static_cast<std::size_t>(items));
    }
    if (!any) reader.fail(DecodeError::kSuperfluousWitness);
}

/// Reads one transaction; the reader says whether that succeeded.
template <class Sink>
TransactionFrame parse_transaction(Reader& reader, WitnessEncoding encoding, Sink& sink)
{
    constexpr std::uint8_t kWitnessFlag = 1;
    TransactionFrame frame;
    const ByteSpan begin = reader.rest();
    frame.version = reader.u32();
    std::size_t body_begin = begin.size() - reader.rest().size();
    std::uint64_t inputs = parse_inputs(reader, sink);
    std::uint8_t flags = 0;
    if (inputs == 0 && encoding == WitnessEncoding::kAllowed) {
        // Either the marker of BIP144 and flags, or no inputs and (the same zero byte) no outputs.
        flags = reader.u8();
        if (flags != 0) {
            body_begin = begin.size() - reader.rest().size();
            inputs = parse_inputs(reader, sink);
            parse_outputs(reader, sink);
        }
    } else {
        parse_outputs(reader, sink);
    }
    const std::size_t body_end = begin.size() - reader.rest().size();
    if ((flags & kWitnessFlag) != 0) parse_witnesses(reader, inputs, sink);
    if ((flags & ~kWitnessFlag) != 0) reader.fail(DecodeError::kUnknownFlag);
    frame.lock_time = reader.u32();
    if (!reader.ok()) return {};
    frame.raw = begin.first(begin.size() - reader.rest().size());
    frame.body = begin.subspan(body_begin, body_end - body_begin);
    return frame;
}

/// Reads, into `parts` that have room, a transaction that the first pass has found good.
Transaction fill_transaction(Reader& reader, WitnessEncoding encoding, TransactionParts& parts);

}  // namespace cairn::detail
