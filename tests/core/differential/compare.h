#pragma once
// The same bytes given to libcairnconsensus and to Bitcoin Core's libbitcoinkernel: what each makes of them must agree.

#include <cstdint>
#include <stdexcept>

#include "consensus/params.h"
#include "crypto/bytes.h"
#include "spend.h"

namespace cairn::differential {

/// The two differ; the text holds the input, ready to be run again.
struct Disagreement : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Counts {
    std::uint64_t scripts = 0, scripts_valid = 0;
    std::uint64_t transactions = 0, transactions_decoded = 0, transactions_valid = 0;
    std::uint64_t blocks = 0, blocks_decoded = 0, blocks_valid = 0;
};

class Comparison {
public:
    Comparison();
    ~Comparison();
    Comparison(const Comparison&) = delete;
    Comparison& operator=(const Comparison&) = delete;

    /// Whether the bytes decode, the txid, the encoding, the rules that need no coins.
    void transaction(ByteSpan bytes);
    /// The same of a block, and whose fault its being invalid is.
    void block(const Bytes& bytes);
    /// The spend's script under one set of flags. `amount` may differ from what `spend.spent` says. `with_outputs`:
    /// both are told the spent outputs.
    void script(const Spend& spend, Amount amount, bool with_outputs, std::uint32_t flags);

    const Counts& counts() const { return counts_; }

private:
    struct Kernel;

    Counts counts_;
    consensus::Params params_;
    Kernel* kernel_;
};

}  // namespace cairn::differential
