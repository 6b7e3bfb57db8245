/* libcairnconsensus: Bitcoin's consensus rules as a C library.
 *
 * Pure functions: no state, no I/O, no threads of its own; any thread may call any function at any time. Nothing is
 * kept of what is passed in. No function throws or aborts on any input but a null pointer where one is not allowed.
 *
 * The three cairnconsensus_verify_script functions have the shape, the flags and the errors of Bitcoin Core's former
 * libbitcoinconsensus: its users replace the prefix bitcoinconsensus_ by cairnconsensus_. What differs: a set of flags
 * with WITNESS but without P2SH, which that library took for a mistake of its caller and aborted on, is an invalid set
 * of flags here.
 *
 * The interface is stable: what is here keeps its name, shape and meaning as long as CAIRNCONSENSUS_API_VERSION does;
 * additions do not change it.
 */
#ifndef CAIRNCONSENSUS_H
#define CAIRNCONSENSUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CAIRNCONSENSUS_API_VERSION 2

typedef enum cairnconsensus_error {
    cairnconsensus_ERR_OK = 0,
    cairnconsensus_ERR_TX_INDEX,               /* there is no such input */
    cairnconsensus_ERR_TX_SIZE_MISMATCH,       /* bytes after the transaction */
    cairnconsensus_ERR_TX_DESERIALIZE,         /* not a transaction */
    cairnconsensus_ERR_AMOUNT_REQUIRED,        /* the flags ask for the amount that is spent */
    cairnconsensus_ERR_INVALID_FLAGS,          /* a flag not named here, or WITNESS without P2SH */
    cairnconsensus_ERR_SPENT_OUTPUTS_REQUIRED, /* the flags ask for all outputs that are spent */
    cairnconsensus_ERR_SPENT_OUTPUTS_MISMATCH, /* not as many as there are inputs */
    cairnconsensus_ERR_OUT_OF_MEMORY,
    cairnconsensus_ERR_DESERIALIZE, /* not a block or header */
    cairnconsensus_ERR_NETWORK      /* not a cairnconsensus_network */
} cairnconsensus_error;

/* Rules of script verification, by BIP. */
enum {
    cairnconsensus_SCRIPT_FLAGS_VERIFY_NONE = 0,
    cairnconsensus_SCRIPT_FLAGS_VERIFY_P2SH = (1U << 0),                 /* BIP16 */
    cairnconsensus_SCRIPT_FLAGS_VERIFY_DERSIG = (1U << 2),               /* BIP66 */
    cairnconsensus_SCRIPT_FLAGS_VERIFY_NULLDUMMY = (1U << 4),            /* BIP147 */
    cairnconsensus_SCRIPT_FLAGS_VERIFY_CHECKLOCKTIMEVERIFY = (1U << 9),  /* BIP65 */
    cairnconsensus_SCRIPT_FLAGS_VERIFY_CHECKSEQUENCEVERIFY = (1U << 10), /* BIP112 */
    cairnconsensus_SCRIPT_FLAGS_VERIFY_WITNESS = (1U << 11),             /* BIP141 */
    cairnconsensus_SCRIPT_FLAGS_VERIFY_TAPROOT = (1U << 17),             /* BIP341, BIP342 */
    cairnconsensus_SCRIPT_FLAGS_VERIFY_ALL =
        cairnconsensus_SCRIPT_FLAGS_VERIFY_P2SH | cairnconsensus_SCRIPT_FLAGS_VERIFY_DERSIG |
        cairnconsensus_SCRIPT_FLAGS_VERIFY_NULLDUMMY | cairnconsensus_SCRIPT_FLAGS_VERIFY_CHECKLOCKTIMEVERIFY |
        cairnconsensus_SCRIPT_FLAGS_VERIFY_CHECKSEQUENCEVERIFY | cairnconsensus_SCRIPT_FLAGS_VERIFY_WITNESS |
        cairnconsensus_SCRIPT_FLAGS_VERIFY_TAPROOT
};

typedef enum cairnconsensus_network {
    cairnconsensus_NETWORK_MAIN = 0,
    cairnconsensus_NETWORK_TESTNET3,
    cairnconsensus_NETWORK_TESTNET4,
    cairnconsensus_NETWORK_SIGNET, /* the default one */
    cairnconsensus_NETWORK_REGTEST
} cairnconsensus_network;

/* An output that a transaction spends. */
typedef struct cairnconsensus_UTXO {
    const unsigned char* scriptPubKey;
    unsigned int scriptPubKeySize;
    int64_t value; /* satoshis */
} cairnconsensus_UTXO;

/* Where a function takes `err`, it may be null; otherwise it says why the question could not be answered, and is
 * cairnconsensus_ERR_OK where it was, whatever the answer. */

/* 1 if input nIn of the transaction satisfies scriptPubKey under the flags, else 0. spentOutputs are the outputs that
 * all its inputs spend, in order; only TAPROOT needs them, otherwise they may be null. Taproot's signatures are checked
 * against their values and scripts, those of witness version 0 against `amount`. */
int cairnconsensus_verify_script_with_spent_outputs(const unsigned char* scriptPubKey, unsigned int scriptPubKeyLen,
                                                    int64_t amount, const unsigned char* txTo, unsigned int txToLen,
                                                    const cairnconsensus_UTXO* spentOutputs,
                                                    unsigned int spentOutputsLen, unsigned int nIn, unsigned int flags,
                                                    cairnconsensus_error* err);

/* The same without TAPROOT. */
int cairnconsensus_verify_script_with_amount(const unsigned char* scriptPubKey, unsigned int scriptPubKeyLen,
                                             int64_t amount, const unsigned char* txTo, unsigned int txToLen,
                                             unsigned int nIn, unsigned int flags, cairnconsensus_error* err);

/* The same without TAPROOT and WITNESS. */
int cairnconsensus_verify_script(const unsigned char* scriptPubKey, unsigned int scriptPubKeyLen,
                                 const unsigned char* txTo, unsigned int txToLen, unsigned int nIn, unsigned int flags,
                                 cairnconsensus_error* err);

/* The following return 1 for what is valid, else 0. Where it is not, `reason` (if not null) gets the network's reason,
 * such as "bad-txns-vout-negative", cut to reasonSize bytes with a final zero; where it is, an empty string. */

/* The rules that need nothing but the transaction; `tx` in the network's encoding, with or without witnesses. */
int cairnconsensus_check_transaction(const unsigned char* tx, size_t txLen, char* reason, size_t reasonSize,
                                     cairnconsensus_error* err);

/* The rules that need nothing but the block: proof of work, signet's solution, Merkle root, size, coinbase, each
 * transaction, legacy signature operations. */
int cairnconsensus_check_block(const unsigned char* block, size_t blockLen, cairnconsensus_network network,
                               char* reason, size_t reasonSize, cairnconsensus_error* err);

/* Whether a header of 80 bytes has the proof of work it claims, and may claim on the network. */
int cairnconsensus_check_header(const unsigned char* header, size_t headerLen, cairnconsensus_network network,
                                cairnconsensus_error* err);

/* CAIRNCONSENSUS_API_VERSION of the library that runs. */
unsigned int cairnconsensus_version(void);

#ifdef __cplusplus
}
#endif

#endif
