#include "consensus/primitives/transaction.h"

#include <cassert>

#include "consensus/encoding/writer.h"
#include "consensus/primitives/transaction_parser.h"
#include "crypto/sha256.h"

namespace cairn {
namespace {

constexpr std::size_t kVersionSize = 4;
constexpr std::size_t kLockTimeSize = 4;
constexpr std::size_t kMarkerAndFlagSize = 2;

/// A transaction with all that it points to.
struct OwnedTransaction {
    Bytes raw;
    detail::TransactionParts parts;
    Transaction transaction;
};

std::shared_ptr<OwnedTransaction> own_parsed(ByteSpan bytes, WitnessEncoding encoding,
                                             const detail::PartCounter& counter)
{
    auto owned = std::make_shared<OwnedTransaction>();
    owned->raw.assign(bytes.begin(), bytes.end());
    counter.reserve(owned->parts);
    Reader reader{owned->raw};
    owned->transaction = detail::fill_transaction(reader, encoding, owned->parts);
    return owned;
}

}  // namespace

namespace detail {

Transaction fill_transaction(Reader& reader, WitnessEncoding encoding, TransactionParts& parts)
{
    PartFiller filler{parts};
    const TransactionFrame frame = parse_transaction(reader, encoding, filler);
    assert(reader.ok());
    Transaction transaction;
    transaction.version = frame.version;
    transaction.lock_time = frame.lock_time;
    transaction.inputs = filler.inputs();
    transaction.outputs = filler.outputs();
    transaction.raw = frame.raw;
    transaction.stripped_size = static_cast<std::uint32_t>(kVersionSize + frame.body.size() + kLockTimeSize);
    if (transaction.has_witness()) {
        crypto::Sha256 stripped;
        stripped.write(frame.raw.first(kVersionSize)).write(frame.body).write(frame.raw.last(kLockTimeSize));
        transaction.txid = Txid{stripped.finish_double()};
        transaction.wtxid = Wtxid{crypto::sha256d(frame.raw)};
    } else {
        transaction.txid = Txid{crypto::sha256d(frame.raw)};
        transaction.wtxid = Wtxid{transaction.txid.value};
    }
    return transaction;
}

}  // namespace detail

std::expected<TransactionRef, DecodeError> decode_transaction(ByteSpan bytes, WitnessEncoding encoding,
                                                              TrailingBytes trailing)
{
    Reader reader{bytes};
    detail::PartCounter counter;
    detail::parse_transaction(reader, encoding, counter);
    if (trailing == TrailingBytes::kRefused) reader.expect_end();
    if (!reader.ok()) return std::unexpected(*reader.error());
    auto owned = own_parsed(bytes.first(bytes.size() - reader.rest().size()), encoding, counter);
    return TransactionRef(owned, &owned->transaction);
}

TransactionRef detach(const Transaction& transaction)
{
    // Without inputs, bytes read as they were written only where no witness is allowed.
    const auto encoding = transaction.inputs.empty() ? WitnessEncoding::kForbidden : WitnessEncoding::kAllowed;
    auto copy = decode_transaction(transaction.raw, encoding);
    assert(copy.has_value());
    return *std::move(copy);
}

Bytes encode_without_witness(const Transaction& transaction)
{
    const ByteSpan raw = transaction.raw;
    if (!transaction.has_witness()) return Bytes(raw.begin(), raw.end());
    Writer writer;
    writer.reserve(transaction.stripped_size);
    writer.bytes(raw.first(kVersionSize));
    writer.bytes(
        raw.subspan(kVersionSize + kMarkerAndFlagSize, transaction.stripped_size - kVersionSize - kLockTimeSize));
    writer.bytes(raw.last(kLockTimeSize));
    return writer.take();
}

}  // namespace cairn
