// Encrypted wallets: what the file holds, and who can open it.

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "crypto/hex.h"
#include "fake_node.h"
#include "keys/address.h"
#include "keys/mnemonic.h"
#include "keys/signed_message.h"
#include "support/files.h"

namespace cairn::wallet {
namespace {

bool contains(const Bytes& haystack, ByteSpan needle)
{
    return !std::ranges::search(haystack, needle).empty();
}

/// Everything that must not be readable in any file.
std::vector<Bytes> secrets_of(api::Wallet& wallet)
{
    const auto bytes_of = [](std::string_view text) {
        const auto bytes = std::as_bytes(std::span{text});
        return Bytes(bytes.begin(), bytes.end());
    };
    const crypto::SigningContext context{std::array<std::byte, 32>{}};
    const std::string phrase = wallet.recovery_phrase().value();
    const auto seed = keys::mnemonic_seed(phrase, "");
    const auto master = keys::ExtendedPrivateKey::from_seed(seed, context);
    const ByteSpan secret = master->key.secret().bytes();
    return {bytes_of(phrase),
            bytes_of(phrase.substr(0, phrase.find(' ', 12))),
            seed,
            Bytes(secret.begin(), secret.end()),
            bytes_of(keys::encode_extended(*master, keys::kRegtestAddresses)),
            *keys::decode_mnemonic(phrase)};
}

std::size_t count_secrets(const std::filesystem::path& folder, const std::vector<Bytes>& secrets)
{
    std::size_t hits = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const Bytes content = test::read_file(entry.path());
        for (const Bytes& secret : secrets) hits += contains(content, secret) ? 1 : 0;
    }
    return hits;
}

TEST(Encryption, LeavesNoSecretInAnyFile)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    const auto secrets = secrets_of(*wallet);
    EXPECT_GE(count_secrets(node.folder, secrets), 2U);  // so the search finds what is there
    const auto answer = wallet->encrypt("correct horse");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(count_secrets(node.folder, secrets), 0U);
    ASSERT_TRUE(wallet->unlock("correct horse", std::chrono::seconds{100}));
    EXPECT_EQ(secrets_of(*wallet), secrets);
    ASSERT_TRUE(wallet->change_passphrase("correct horse", "battery staple"));
    ASSERT_TRUE(wallet->backup((node.folder / "backup.dat").string()));
    EXPECT_EQ(count_secrets(node.folder, secrets), 0U);
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    EXPECT_EQ(count_secrets(node.folder, secrets), 0U);
}

TEST(Encryption, FromTheStart)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w", "secret");
    EXPECT_EQ(wallet->info().unlocked_until, 0);
    EXPECT_TRUE(wallet->new_address("", std::nullopt));  // addresses need no key
    EXPECT_EQ(wallet->recovery_phrase().error().code, api::ErrorCode::kWalletUnlockNeeded);
    ASSERT_TRUE(wallet->unlock("secret", std::chrono::seconds{100}));
    const auto secrets = secrets_of(*wallet);
    EXPECT_EQ(count_secrets(node.folder, secrets), 0U);
    EXPECT_EQ(wallet->encrypt("again").error().code, api::ErrorCode::kWalletWrongEncryptionState);
}

TEST(Encryption, SignsMessagesOnlyWhileUnlocked)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w", "secret");
    const auto id_of = [&](keys::OutputType kind) {
        const std::string address = wallet->new_address("", kind).value();
        keys::KeyId id{};
        std::ranges::copy(keys::decode_address(address, keys::kRegtestAddresses)->payload, id.begin());
        return id;
    };
    const keys::KeyId id = id_of(keys::OutputType::kLegacy);
    EXPECT_EQ(wallet->sign_message(id, "text").error().code, api::ErrorCode::kWalletUnlockNeeded);
    ASSERT_TRUE(wallet->unlock("secret", std::chrono::seconds{10}));
    const auto signature = wallet->sign_message(id, "text");
    ASSERT_TRUE(signature);
    EXPECT_TRUE(keys::is_signed_by(id, *signature, "text"));
    EXPECT_EQ(wallet->sign_message(keys::KeyId{}, "text").error().message, "Private key not available");
}

TEST(Encryption, PaysOnlyWhileUnlocked)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w", "secret");
    node.fund(*wallet, 1);
    api::SendRequest request;
    request.payments.push_back({destination(foreign_address()), Amount{1'000'000}, false});
    EXPECT_EQ(wallet->send(request).error().message,
              "Error: Please enter the wallet passphrase with walletpassphrase first.");
    EXPECT_EQ(wallet->unlock("wrong", std::chrono::seconds{10}).error().message,
              "Error: The wallet passphrase entered was incorrect.");
    EXPECT_EQ(wallet->unlock("", std::chrono::seconds{10}).error().message, "passphrase cannot be empty");
    const std::string with_null("secret\0", 7);
    EXPECT_TRUE(wallet->unlock(with_null, std::chrono::seconds{10})
                    .error()
                    .message.starts_with("Error: The wallet passphrase entered is incorrect. It contains a null"));
    EXPECT_TRUE(wallet->change_passphrase(with_null, "new")
                    .error()
                    .message.starts_with("Error: The old wallet passphrase entered is incorrect. It contains a null"));
    EXPECT_EQ(wallet->unlock("secret", std::chrono::seconds{-1}).error().message, "Timeout cannot be negative.");
    ASSERT_TRUE(wallet->unlock("secret", std::chrono::seconds{10}));
    EXPECT_GT(wallet->info().unlocked_until, 0);
    EXPECT_TRUE(wallet->send(request));
    node.scheduler.advance(std::chrono::seconds{9});
    node.scheduler.run_due();
    EXPECT_GT(wallet->info().unlocked_until, 0);
    node.scheduler.advance(std::chrono::seconds{1});
    node.scheduler.run_due();
    EXPECT_EQ(wallet->info().unlocked_until, 0);
    EXPECT_FALSE(wallet->send(request));
    ASSERT_TRUE(wallet->unlock("secret", std::chrono::seconds{10}));
    ASSERT_TRUE(wallet->lock());
    EXPECT_FALSE(wallet->send(request));
    ASSERT_TRUE(wallet->unlock("secret", std::chrono::seconds{100'000'001}));
    EXPECT_EQ(wallet->info().unlocked_until, base::unix_seconds(node.clock.now()) + 100'000'000);
}

TEST(Encryption, NewPassphraseReplacesTheOld)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w", "old");
    EXPECT_EQ(wallet->change_passphrase("wrong", "new").error().code, api::ErrorCode::kWalletPassphraseIncorrect);
    ASSERT_TRUE(wallet->change_passphrase("old", "new"));
    EXPECT_EQ(wallet->info().unlocked_until, 0);
    ASSERT_TRUE(manager->unload("w", std::nullopt));
    ASSERT_TRUE(manager->load("w", std::nullopt));
    EXPECT_FALSE(manager->find("w")->unlock("old", std::chrono::seconds{10}));
    EXPECT_TRUE(manager->find("w")->unlock("new", std::chrono::seconds{10}));
}

TEST(Encryption, PlainWalletsRefuseItsMethods)
{
    FakeNode node;
    const auto manager = node.make_manager();
    const auto wallet = node.make_wallet(*manager, "w");
    EXPECT_EQ(wallet->unlock("x", std::chrono::seconds{1}).error().code, api::ErrorCode::kWalletWrongEncryptionState);
    EXPECT_EQ(wallet->lock().error().code, api::ErrorCode::kWalletWrongEncryptionState);
    EXPECT_EQ(wallet->change_passphrase("a", "b").error().code, api::ErrorCode::kWalletWrongEncryptionState);
    EXPECT_EQ(wallet->encrypt("").error().message, "passphrase cannot be empty");
    api::WalletOptions options;
    options.name = "watch";
    options.disable_private_keys = true;
    ASSERT_TRUE(manager->create(options));
    EXPECT_EQ(manager->find("watch")->encrypt("x").error().code, api::ErrorCode::kWalletEncryptionFailed);
    options.passphrase = "x";
    EXPECT_EQ(manager->create(options).error().code, api::ErrorCode::kWallet);
}

}  // namespace
}  // namespace cairn::wallet
