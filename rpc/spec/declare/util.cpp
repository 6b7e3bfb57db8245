#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

std::vector<MethodSpec> util()
{
    constexpr auto kHere = Category::kUtil;
    return {
        {"validateaddress",
         kHere,
         {text("address")},
         "Return information about the given bitcoin address.",
         "{ isvalid, address, scriptPubKey, isscript, iswitness, witness_version, witness_program }\n{ isvalid, "
         "error_locations, "
         "error }",
         {"\"bc1q09vm5lfy0j5reeulh4x5752q25uqqvz34hufdl\""}},
        {"createmultisig",
         kHere,
         {number("nrequired").explain("How many of the keys must sign"), array("keys", {hex("key").optional()}),
          text("address_type").fall_back_to("legacy").explain("legacy, p2sh-segwit or bech32")},
         "The address of a script that asks for several signatures.",
         "{ address, redeemScript, descriptor, warnings }",
         {"2 '[\"03789ed0bb717d88f7d321a368d905e7430207ebbd82bd342cf11ae157a7ace5fd\","
          "\"03dbc6764b8884a92e871274b87583e6d5c2a58819473e17e107ef3f6aa5a61626\"]'"}},
        {"signmessagewithprivkey",
         kHere,
         {text("privkey"), text("message")},
         "Signs a message with a private key (in wallet import format).",
         "\"signature\"",
         {"\"privkey\" \"my message\""}},
        {"verifymessage",
         kHere,
         {text("address").explain("Of the legacy kind (P2PKH)"),
          text("signature").explain("In Base64, as signmessage gives it"), text("message")},
         "Whether a message is signed with the key of an address.",
         "true|false",
         {"\"1D1ZrZNe3JUo7ZycKEYQQiQAWd9y54F4XX\" \"signature\" \"my message\""}},
        {"getindexinfo",
         kHere,
         {text("index_name").optional().explain("Of this one only")},
         "The optional indexes in use, and how far each is. This version has none.",
         "{ name: { synced, best_block_height } }",
         {"", "\"txindex\""}},
        {"getdescriptorinfo",
         kHere,
         {text("descriptor")},
         "A descriptor in its normal form, without private keys, and its checksum.",
         "{ descriptor, multipath_expansion, checksum, isrange, issolvable, hasprivatekeys }",
         {"\"wpkh([d34db33f/84h/0h/0h]0279be667ef9dcbbac55a06295Ce870b07029Bfcdb2dce28d959f2815b16f81798)\""}},
        {"deriveaddresses",
         kHere,
         {text("descriptor").explain("With its checksum"),
          range("range").optional().explain("Of a ranged descriptor: its end, or [begin,end]")},
         "The addresses of a descriptor.",
         "[ \"address\", … ]",
         {"\"wpkh([d34db33f/84h/0h/"
          "0h]xpub6DJ2dNUysrn5Vt36jH2KLBT2i1auw1tTSSomg8PhqNiUtx8QX2SvC9nrHu81fT41fvDUnhMjEzQgXnQjKEu3oaqMS"
          "zhSrHMxyyoEAmUHQbY/0/*)#cjjspncu\" \"[0,2]\""}},
    };
}

}  // namespace cairn::rpc::declare
