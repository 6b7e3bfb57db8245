// Descriptors that are imported, and scans of the chain for what they paid.

#include <gtest/gtest.h>

#include "fake_node.h"

namespace cairn::wallet {
namespace {

TEST(Imports, ImportsADescriptorAndScansForIt)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto source = node.make_wallet(*manager, "source");
    node.fund(*source, 2);
    api::WalletOptions options;
    options.name = "blank";
    options.blank = true;
    ASSERT_TRUE(manager->create(options));
    const auto blank = manager->find("blank");
    EXPECT_EQ(blank->new_address("", std::nullopt).error().message, "Error: This wallet has no available keys");
    std::vector<api::DescriptorImport> imports;
    const auto descriptors = source->descriptors(true).value();
    for (const auto& descriptor : descriptors) {
        api::DescriptorImport import;
        import.descriptor = descriptor.descriptor;
        import.active = true;
        import.internal = descriptor.internal;
        import.timestamp = 0;
        imports.push_back(import);
    }
    const auto outcomes = blank->import_descriptors(imports);
    ASSERT_TRUE(outcomes);
    for (const auto& outcome : *outcomes) EXPECT_FALSE(outcome.error) << outcome.error->message;
    EXPECT_EQ(blank->balance(0, false), source->balance(0, false));
    EXPECT_EQ(blank->descriptors(true)->at(3).descriptor, source->descriptors(true)->at(3).descriptor);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{100'000'000}});
    EXPECT_TRUE(blank->send(request));
}

TEST(Imports, RefusesWrongImports)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto error_of = [&](const api::DescriptorImport& given) {
        const auto outcomes = wallet->import_descriptors({&given, 1}).value();
        return outcomes.at(0).error ? outcomes.at(0).error->message : "imported";
    };
    const std::string wif = "cVpF924EspNh8KjYsfhgY96mmxvT6DgdWiTYMtMjuM74hJaU5psW";
    const auto with_checksum = [](const std::string& text) { return text + "#" + keys::descriptor_checksum(text); };
    api::DescriptorImport import;
    import.descriptor = "wpkh(" + wif + ")";
    EXPECT_EQ(error_of(import), "Missing checksum");
    import.descriptor = with_checksum("wpkh(" + wif + ")");
    EXPECT_EQ(error_of(import), "imported");
    import.active = true;
    EXPECT_EQ(error_of(import), "Active descriptors must be ranged");
    import.active = false;
    import.range = {0, 1};
    EXPECT_EQ(error_of(import), "Range should not be specified for an un-ranged descriptor");
    import.range.reset();
    import.descriptor = with_checksum("wpkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)");
    EXPECT_EQ(error_of(import), "Cannot import descriptor without private keys to a wallet with private keys enabled");
}

TEST(Imports, ExtendsTheRangeOfADescriptorAndNeverShortensIt)
{
    FakeNode node;
    const auto manager = node.make_manager();
    api::WalletOptions options;
    options.name = "w";
    options.disable_private_keys = true;
    ASSERT_TRUE(manager->create(options));
    const auto wallet = manager->find("w");
    const std::string text =
        "wpkh(tpubDAXcJ7s7ZwicqjprRaEWdPoHKrCS215qxGYxpusRLLmJuT69ZSicuGdSfyvyKpvUNYBW1s2U3NSrT6vrCYB9e6nZUEvrqnwXPF8Ar"
        "TCRXMY/*)";
    api::DescriptorImport import;
    import.descriptor = text + "#" + keys::descriptor_checksum(text);
    const auto outcome_of = [&](std::int64_t begin, std::int64_t end) {
        import.range = {begin, end};
        return wallet->import_descriptors({&import, 1}).value().at(0);
    };
    EXPECT_FALSE(outcome_of(5, 10).error);
    EXPECT_FALSE(outcome_of(5, 10).error);
    EXPECT_FALSE(outcome_of(4, 11).error);
    for (const auto& [begin, end] : {std::pair{5, 11}, std::pair{4, 10}}) {
        const auto refused = outcome_of(begin, end).error;
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->code, api::ErrorCode::kWallet);
        EXPECT_EQ(refused->message, "Could not add descriptor '" + import.descriptor +
                                        "': new range must include current range = [4,11]");
    }
    EXPECT_TRUE(outcome_of(4, 12).warnings.empty());
    import.range.reset();
    import.label = "x";
    const auto labelled = wallet->import_descriptors({&import, 1}).value().at(0);
    EXPECT_EQ(labelled.error->message, "Ranged descriptors should not have a label");
    EXPECT_EQ(labelled.warnings, std::vector<std::string>{"Range not given, using default keypool range"});
}

TEST(Imports, RescansOnDemand)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    node.fund(*wallet, 1);
    const Height tip = node.chain.tip().height;
    const auto done = wallet->rescan(0, std::nullopt);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->start, 0);
    EXPECT_EQ(done->stop, tip);
    EXPECT_EQ(wallet->rescan(tip + 1, std::nullopt).error().message, "Invalid start_height");
    EXPECT_EQ(wallet->rescan(0, tip + 1).error().message, "Invalid stop_height");
    EXPECT_EQ(wallet->rescan(5, 4).error().message, "stop_height must be greater than start_height");
    EXPECT_TRUE(wallet->rescan(5, 5));
    EXPECT_FALSE(wallet->abort_rescan());
}

}  // namespace
}  // namespace cairn::wallet
