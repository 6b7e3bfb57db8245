#include "rpc/spec/declare/declare.h"

namespace cairn::rpc::declare {

namespace {

constexpr auto kHere = Category::kWallet;

Argument load_on_startup()
{
    return boolean("load_on_startup")
        .optional()
        .explain("Remember to load it at start (true), or not (false); left out: as before");
}

// lint: long, because it is a table
std::vector<MethodSpec> files()
{
    return {
        {"createwallet",
         kHere,
         {text("wallet_name"), boolean("disable_private_keys").fall_back_to(false).explain("It only watches"),
          boolean("blank").fall_back_to(false).explain("Without any keys"),
          text("passphrase").optional().explain("Encrypts the wallet"),
          boolean("avoid_reuse").fall_back_to(false).explain("Keep track of addresses that were spent from"),
          boolean("descriptors").fall_back_to(true).explain("true; other wallets are no longer made"),
          load_on_startup(), boolean("external_signer").fall_back_to(false)},
         "Makes a wallet and loads it.",
         "{ name, warnings }",
         {"\"testwallet\""}},
        {"loadwallet",
         kHere,
         {text("filename").explain("The wallet's name"), load_on_startup()},
         "Loads a wallet.",
         "{ name, warnings }",
         {"\"walletname\""}},
        {"unloadwallet",
         kHere,
         {text("wallet_name").optional().explain("Without it, the wallet of the request's path"), load_on_startup()},
         "Unloads a wallet.",
         "{ warnings }",
         {"wallet_name"}},
        {"listwallets", kHere, {}, "The wallets that are loaded.", "[ \"walletname\", … ]", {""}},
        {"listwalletdir",
         kHere,
         {},
         "The wallets in the folder, loaded or not.",
         "{ wallets: [ { name, warnings } ] }",
         {""}},
        {"backupwallet",
         kHere,
         {text("destination").explain("A file; an older backup of this wallet there is replaced, nothing else is")},
         "Copies the wallet to a file.",
         "null",
         {"\"backup.dat\""}},
        {"restorewallet",
         kHere,
         {text("wallet_name"), text("backup_file"), load_on_startup()},
         "Makes a wallet from a file of backupwallet and loads it.",
         "{ name, warnings }",
         {"\"testwallet\" \"backup.dat\""}},
        {"rescanblockchain",
         kHere,
         {number("start_height").fall_back_to(0),
          number("stop_height").optional().explain("The last height to look at")},
         "Looks for the wallet's transactions in blocks that are known already.",
         "{ start_height, stop_height }",
         {"100000 120000"}},
        {"abortrescan", kHere, {}, "Ends a rescan that another call has begun.", "true|false", {""}},
        {"getwalletinfo",
         kHere,
         {},
         "The state of the wallet.",
         "{ walletname, walletversion, format, txcount, keypoolsize, keypoolsize_hd_internal, unlocked_until, "
         "private_keys_enabled, avoid_reuse, scanning, descriptors, external_signer, blank, birthtime, flags, "
         "lastprocessedblock }",
         {""}},
        {"setwalletflag",
         kHere,
         {text("flag").explain("avoid_reuse: do not spend what an address received after it was spent from, and spend "
                               "what is at one address together"),
          boolean("value").fall_back_to(true)},
         "Changes how the wallet behaves.",
         "{ flag_name, flag_state }",
         {"avoid_reuse"}},
        {"importdescriptors",
         kHere,
         {array("requests", {object("", {text("desc"), boolean("active").fall_back_to(false), range("range").optional(),
                                         number("next_index").optional(), number("timestamp"),
                                         boolean("internal").fall_back_to(false), text("label").fall_back_to("")})
                                 .optional()})
              .shown_as("requests")},
         "Adds descriptors to the wallet and looks for their transactions since the earliest timestamp (seconds since "
         "1970, or "
         "\"now\").",
         "[ { success, warnings, error: { code, message } } ]",
         {"'[{ \"desc\": \"<my descriptor>\", \"timestamp\":1455191478, \"internal\": true }]'"}},
        {"listdescriptors",
         kHere,
         {boolean("private").fall_back_to(false).explain("Show private keys")},
         "The wallet's descriptors.",
         "{ wallet_name, descriptors: [ { desc, timestamp, active, internal, range, next, next_index } ] }",
         {"true"}},
    };
}

// lint: long, because it is a table
std::vector<MethodSpec> secrets()
{
    return {
        {"encryptwallet",
         kHere,
         {text("passphrase")},
         "Encrypts the wallet's private keys. From then on, spending and signing need walletpassphrase first.",
         "\"text\"",
         {"\"my pass phrase\""}},
        {"walletpassphrase",
         kHere,
         {text("passphrase"), number("timeout").explain("Seconds, at most 100000000")},
         "Opens the wallet's private keys for a while.",
         "null",
         {"\"my pass phrase\" 60"}},
        {"walletpassphrasechange",
         kHere,
         {text("oldpassphrase"), text("newpassphrase")},
         "Changes the wallet's passphrase.",
         "null",
         {"\"old one\" \"new one\""}},
        {"walletlock", kHere, {}, "Closes the wallet's private keys again.", "null", {""}},
        {"signmessage",
         kHere,
         {text("address").explain("Of the legacy kind (P2PKH)"), text("message")},
         "Signs a message with the private key of an address of the wallet.",
         "\"signature\"",
         {"\"1D1ZrZNe3JUo7ZycKEYQQiQAWd9y54F4XX\" \"my message\""}},
        {"getrecoveryphrase",
         kHere,
         {},
         "The BIP39 words that all of the wallet's keys come from (BIP44, 49, 84, 86; no BIP39 passphrase): write them "
         "down. "
         "Whoever knows them can spend. An encrypted wallet must be open. Not a method of Bitcoin Core.",
         "\"words\"",
         {""}},
    };
}

// lint: long, because it is a table
std::vector<MethodSpec> addresses()
{
    constexpr std::string_view kKinds = "legacy, p2sh-segwit, bech32 or bech32m";
    return {
        {"getnewaddress",
         kHere,
         {text("label").fall_back_to(""), text("address_type").optional().explain(kKinds)},
         "An address to receive with, not used before.",
         "\"address\"",
         {""}},
        {"getrawchangeaddress",
         kHere,
         {text("address_type").optional().explain(kKinds)},
         "An address for change, for transactions made by hand.",
         "\"address\"",
         {""}},
        {"getaddressinfo",
         kHere,
         {text("address")},
         "What the wallet knows of an address.",
         "{ address, scriptPubKey, ismine, iswatchonly, solvable, desc, parent_desc, isscript, ischange, iswitness, "
         "witness_version, witness_program, script, hex, pubkeys, sigsrequired, pubkey, embedded, iscompressed, "
         "timestamp, "
         "hdkeypath, hdseedid, hdmasterfingerprint, labels }",
         {"\"bc1q09vm5lfy0j5reeulh4x5752q25uqqvz34hufdl\""}},
        {"setlabel",
         kHere,
         {text("address"), text("label")},
         "Sets the label of an address.",
         "null",
         {"\"address\" \"tabby\""}},
        {"getaddressesbylabel",
         kHere,
         {text("label")},
         "The addresses of a label.",
         "{ address: { purpose } }",
         {"\"tabby\""}},
        {"listlabels",
         kHere,
         {text("purpose").optional().explain("send or receive")},
         "All labels.",
         "[ \"label\", … ]",
         {""}},
        {"keypoolrefill",
         kHere,
         {number("newsize").optional().explain("Left out: -keypool")},
         "Prepares addresses ahead of their use.",
         "null",
         {""}},
    };
}

}  // namespace

// lint: long, because it is a table
std::vector<MethodSpec> wallet()
{
    std::vector<MethodSpec> all = files();
    for (auto&& part : {secrets(), addresses()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace cairn::rpc::declare
