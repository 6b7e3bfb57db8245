#include "wallet/key_vault.h"

#include <algorithm>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "crypto/aes.h"
#include "crypto/chacha20.h"
#include "crypto/sha256.h"
#include "wallet/passphrase.h"

namespace cairn::wallet {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceSize = 24;
constexpr std::size_t kSaltSize = 16;
constexpr std::uint32_t kMaxCoreIterations = 1U << 28;
constexpr std::string_view kPlainKeyType = "walletdescriptorkey";
constexpr std::string_view kCoreKeyType = "walletdescriptorckey";
constexpr std::string_view kSealedKeyType = "cairndescriptorkey";
constexpr std::string_view kMasterType = "cairnmasterkey";
constexpr std::string_view kPhraseType = "cairnphrase";
constexpr std::string_view kCoreMasterType = "mkey";
constexpr std::uint8_t kPhrasePlain = 0;
constexpr std::uint8_t kPhraseSealed = 1;

template <std::size_t N>
std::span<const std::byte, N> fixed(ByteSpan bytes)
{
    return bytes.first<N>();
}

Bytes xchacha_seal(ByteSpan key, ByteSpan associated, ByteSpan plain, base::Random& random)
{
    Bytes out(kNonceSize);
    random.fill(out);
    const Bytes cipher = crypto::xchacha20_poly1305_encrypt(fixed<32>(key), fixed<24>(out), associated, plain);
    out.insert(out.end(), cipher.begin(), cipher.end());
    return out;
}

std::optional<crypto::SecretBytes> xchacha_open(ByteSpan key, ByteSpan associated, ByteSpan sealed)
{
    if (sealed.size() < kNonceSize + crypto::kAeadTagSize) return std::nullopt;
    auto plain =
        crypto::xchacha20_poly1305_decrypt(fixed<32>(key), fixed<24>(sealed), associated, sealed.subspan(kNonceSize));
    if (!plain) return std::nullopt;
    crypto::SecretBytes secret(plain->begin(), plain->end());
    crypto::cleanse(*plain);
    return secret;
}

/// Bitcoin Core's IV of an encrypted key: the hash of its public key.
Hash256 core_iv(ByteSpan public_key)
{
    return crypto::sha256d(public_key);
}

/// What follows the type in the key of a key record: the descriptor's id, and the public key.
std::optional<std::pair<Hash256, Bytes>> decode_owner(ByteSpan bytes)
{
    Reader reader{bytes};
    const Hash256 id = reader.hash256();
    const ByteSpan public_key = reader.sized_bytes();
    reader.expect_end();
    if (!reader.ok() || !keys::PublicKey::parse(public_key)) return std::nullopt;
    return std::pair{id, Bytes(public_key.begin(), public_key.end())};
}

bool has_records(const Database& database, std::string_view type)
{
    bool found = false;
    database.visit(record_key(type), [&](ByteSpan, ByteSpan) { found = true; });
    return found;
}

}  // namespace

std::optional<std::string> KeyVault::load(const Database& database)
{
    std::optional<std::string> error;
    const bool has_sealed = has_records(database, kSealedKeyType) || has_records(database, kCoreKeyType);
    if (has_sealed && has_records(database, kPlainKeyType)) {
        return "Wallet corrupted: it contains both unencrypted and encrypted keys";
    }
    const auto note = [&](std::optional<std::string> found) {
        if (!error) error = std::move(found);
    };
    database.visit(record_key(kPlainKeyType), [&](ByteSpan owner, ByteSpan value) { note(load_plain(owner, value)); });
    database.visit(record_key(kSealedKeyType),
                   [&](ByteSpan owner, ByteSpan value) { note(load_sealed(owner, value, Scheme::kCairn)); });
    database.visit(record_key(kCoreKeyType),
                   [&](ByteSpan owner, ByteSpan value) { note(load_sealed(owner, value, Scheme::kCore)); });
    note(load_master(database));
    note(load_phrase(database));
    if (!error && is_encrypted() && !secrets_.empty()) error = "Wallet corrupted: plain keys in an encrypted wallet";
    return error;
}

std::optional<std::string> KeyVault::load_plain(ByteSpan owner, ByteSpan value)
{
    const auto parts = decode_owner(owner);
    if (!parts) return "Error reading wallet database: descriptor unencrypted key CPubKey corrupt";
    const auto secret = decode_key_record(value, *keys::PublicKey::parse(parts->second), context_);
    if (!secret) return "Error reading wallet database: descriptor unencrypted key CPubKey/CPrivKey corrupt";
    entries_[*parts] = {};
    secrets_[parts->second] = memory_.store(secret->secret().bytes());
    return std::nullopt;
}

std::optional<std::string> KeyVault::load_sealed(ByteSpan owner, ByteSpan value, Scheme scheme)
{
    const auto parts = decode_owner(owner);
    Reader reader{value};
    if (scheme == Scheme::kCairn && reader.u8() != kVersion) return "Wallet is of a newer version: unknown encryption";
    const ByteSpan sealed = reader.sized_bytes();
    reader.expect_end();
    if (!parts || !reader.ok()) return "Error reading wallet database: descriptor encrypted key corrupt";
    entries_[*parts] = {Bytes(sealed.begin(), sealed.end())};
    return std::nullopt;
}

std::optional<std::string> KeyVault::load_master(const Database& database)
{
    if (const auto value = database.read(record_key(kMasterType))) {
        Reader reader{*value};
        const std::uint8_t version = reader.u8();
        MasterRecord record;
        const ByteSpan salt = reader.sized_bytes();
        record.stretching.cost = {reader.u32(), reader.u32(), reader.u32()};
        const ByteSpan sealed = reader.sized_bytes();
        reader.expect_end();
        if (version != kVersion) return "Wallet is of a newer version: unknown encryption";
        if (!reader.ok() || !is_acceptable(record.stretching.cost) || salt.size() < 8) {
            return "Error reading wallet database: master key corrupt";
        }
        record.stretching.salt.assign(salt.begin(), salt.end());
        record.nonce_and_cipher.assign(sealed.begin(), sealed.end());
        master_record_ = std::move(record);
        scheme_ = Scheme::kCairn;
    }
    std::optional<std::string> error;
    database.visit(record_key(kCoreMasterType), [&](ByteSpan number, ByteSpan value) {
        Reader reader{number};
        const std::uint32_t id = reader.u32();
        const auto master = decode_core_master_key(value);
        if (!master || !reader.ok() || master->method != 0 || master->iterations < 1 ||
            master->iterations > kMaxCoreIterations) {
            error = "Error reading wallet database: master key corrupt";
            return;
        }
        core_master_keys_[id] = *master;
    });
    if (!core_master_keys_.empty() && scheme_ == Scheme::kCairn) error = "Wallet corrupted: two kinds of master keys";
    if (!core_master_keys_.empty()) scheme_ = Scheme::kCore;
    return error;
}

std::optional<std::string> KeyVault::load_phrase(const Database& database)
{
    const auto value = database.read(record_key(kPhraseType));
    if (!value) return std::nullopt;
    Reader reader{*value};
    const std::uint8_t version = reader.u8();
    const std::uint8_t kind = reader.u8();
    const ByteSpan bytes = reader.sized_bytes();
    reader.expect_end();
    if (version != kVersion || kind > kPhraseSealed) return "Wallet is of a newer version: unknown recovery phrase";
    if (!reader.ok() || (kind == kPhrasePlain && bytes.size() > base::LockedMemory::kSlotSize)) {
        return "Error reading wallet database: recovery phrase corrupt";
    }
    if ((kind == kPhraseSealed) != is_encrypted()) return "Wallet corrupted: recovery phrase of another encryption";
    phrase_.emplace();
    if (kind == kPhraseSealed) phrase_->assign(bytes.begin(), bytes.end());
    if (kind == kPhrasePlain) plain_phrase_ = memory_.store(bytes);
    return std::nullopt;
}

keys::SigningProvider KeyVault::keys_of(const Hash256& descriptor) const
{
    keys::SigningProvider provider;
    for (auto it = entries_.lower_bound({descriptor, {}}); it != entries_.end() && it->first.first == descriptor;
         ++it) {
        const auto secret = secrets_.find(it->first.second);
        if (secret == secrets_.end()) continue;
        const bool compressed = it->first.second.size() == keys::PublicKey::kCompressedSize;
        const auto key = keys::PrivateKey::from_bytes(secret->second.bytes(), compressed, context_);
        if (key) provider.private_keys.emplace(key->id(), *key);
    }
    return provider;
}

Bytes KeyVault::entry_record(const EntryKey& key) const
{
    return record_key(scheme_ == Scheme::kCore ? kCoreKeyType : kSealedKeyType, key.first, key.second);
}

Bytes KeyVault::seal(ByteSpan record_key, ByteSpan secret) const
{
    return xchacha_seal(master_.bytes(), record_key, secret, random_);
}

std::optional<crypto::SecretBytes> KeyVault::unseal(ByteSpan record_key, ByteSpan sealed) const
{
    return xchacha_open(master_.bytes(), record_key, sealed);
}

Bytes KeyVault::seal_entry(const EntryKey& key, ByteSpan secret) const
{
    if (scheme_ == Scheme::kCairn) return seal(entry_record(key), secret);
    const Hash256 iv = core_iv(key.second);
    return crypto::aes256_cbc_encrypt(fixed<32>(master_.bytes()), fixed<16>(iv.span()), secret);
}

std::optional<crypto::SecretBytes> KeyVault::unseal_entry(const EntryKey& key, const Entry& entry) const
{
    if (scheme_ == Scheme::kCairn) return unseal(entry_record(key), entry.sealed);
    const Hash256 iv = core_iv(key.second);
    return crypto::aes256_cbc_decrypt(fixed<32>(master_.bytes()), fixed<16>(iv.span()), entry.sealed);
}

KeyVault::Addition KeyVault::prepare(const Hash256& descriptor, const keys::PrivateKey& key) const
{
    const ByteSpan public_key = key.public_key().bytes();
    Addition addition;
    addition.owner = {descriptor, Bytes(public_key.begin(), public_key.end())};
    addition.secret = memory_.store(key.secret().bytes());
    if (scheme_ == Scheme::kPlain) {
        Bytes value = encode_key_record(key);
        addition.record = record_key(kPlainKeyType, descriptor, public_key);
        addition.value.assign(value.begin(), value.end());
        crypto::cleanse(value);
        return addition;
    }
    addition.record = entry_record(addition.owner);
    addition.sealed = seal_entry(addition.owner, key.secret().bytes());
    Writer writer;
    if (scheme_ == Scheme::kCairn) writer.u8(kVersion);
    writer.sized_bytes(addition.sealed);
    addition.value.assign(writer.view().begin(), writer.view().end());
    return addition;
}

void KeyVault::write(Database& database, const Addition& addition) const
{
    database.write(addition.record, addition.value);
}

void KeyVault::keep(Addition addition)
{
    const Bytes public_key = addition.owner.second;
    entries_[std::move(addition.owner)] = {std::move(addition.sealed)};
    secrets_[public_key] = std::move(addition.secret);
}

void KeyVault::add(Database& database, const Hash256& descriptor, const keys::PrivateKey& key)
{
    Addition addition = prepare(descriptor, key);
    write(database, addition);
    keep(std::move(addition));
}

void KeyVault::set_phrase(Database& database, std::string_view phrase)
{
    const ByteSpan bytes = std::as_bytes(std::span{phrase});
    const Bytes record = record_key(kPhraseType);
    Writer writer;
    writer.u8(kVersion);
    phrase_.emplace();
    if (scheme_ == Scheme::kCairn) {
        phrase_ = seal(record, bytes);
        writer.u8(kPhraseSealed).sized_bytes(*phrase_);
    } else {
        writer.u8(kPhrasePlain).sized_bytes(bytes);
    }
    plain_phrase_ = memory_.store(bytes);
    Bytes value = writer.take();
    database.write(record, value);
    crypto::cleanse(value);
}

std::optional<crypto::SecretBytes> KeyVault::phrase() const
{
    if (plain_phrase_.empty()) return std::nullopt;
    return crypto::SecretBytes(plain_phrase_.bytes().begin(), plain_phrase_.bytes().end());
}

std::optional<crypto::SecretBytes> KeyVault::open_master(std::string_view passphrase) const
{
    if (scheme_ == Scheme::kCairn) {
        const auto key =
            stretch_passphrase(passphrase, master_record_->stretching.salt, master_record_->stretching.cost);
        return xchacha_open(key, record_key(kMasterType), master_record_->nonce_and_cipher);
    }
    for (const auto& [id, record] : core_master_keys_) {
        const auto key = stretch_passphrase_as_core(passphrase, record.salt, record.iterations);
        const ByteSpan bytes{key};
        auto master = crypto::aes256_cbc_decrypt(fixed<32>(bytes), fixed<16>(bytes.subspan(32)), record.encrypted_key);
        if (master && master->size() == 32) return master;
    }
    return std::nullopt;
}

KeyVault::UnlockResult KeyVault::take_secrets()
{
    std::size_t opened = 0;
    for (const auto& [key, entry] : entries_) {
        const auto secret = unseal_entry(key, entry);
        const bool compressed = key.second.size() == keys::PublicKey::kCompressedSize;
        const auto found = secret ? keys::PrivateKey::from_bytes(*secret, compressed, context_) : std::nullopt;
        if (!found || !std::ranges::equal(found->public_key().bytes(), key.second)) break;
        secrets_[key.second] = memory_.store(*secret);
        ++opened;
    }
    if (opened == entries_.size() && phrase_ && scheme_ == Scheme::kCairn) {
        const auto phrase = unseal(record_key(kPhraseType), *phrase_);
        if (!phrase || phrase->size() > base::LockedMemory::kSlotSize) return UnlockResult::kCorrupt;
        plain_phrase_ = memory_.store(*phrase);
    }
    if (opened == entries_.size()) return UnlockResult::kUnlocked;
    // Padding alone may let a wrong passphrase through in Bitcoin Core's form; then no key fits.
    return scheme_ == Scheme::kCore && opened == 0 ? UnlockResult::kWrongPassphrase : UnlockResult::kCorrupt;
}

KeyVault::UnlockResult KeyVault::unlock(std::string_view passphrase)
{
    const auto master = open_master(passphrase);
    if (!master || master->size() != 32) return UnlockResult::kWrongPassphrase;
    master_ = memory_.store(*master);
    const UnlockResult result = take_secrets();
    if (result != UnlockResult::kUnlocked) lock();
    return result;
}

void KeyVault::lock()
{
    if (!is_encrypted()) return;
    master_.reset();
    secrets_.clear();
    plain_phrase_.reset();
}

void KeyVault::write_master(Database& database, std::string_view passphrase, const PassphraseCost& cost)
{
    MasterRecord record;
    record.stretching.salt.resize(kSaltSize);
    record.stretching.cost = cost;
    random_.fill(record.stretching.salt);
    const auto key = stretch_passphrase(passphrase, record.stretching.salt, cost);
    const Bytes name = record_key(kMasterType);
    record.nonce_and_cipher = xchacha_seal(key, name, master_.bytes(), random_);
    Writer writer;
    writer.u8(kVersion).sized_bytes(record.stretching.salt);
    writer.u32(cost.memory_kib).u32(cost.passes).u32(cost.lanes).sized_bytes(record.nonce_and_cipher);
    database.write(name, writer.view());
    master_record_ = std::move(record);
}

void KeyVault::write_core_master(Database& database, std::string_view passphrase)
{
    auto& [id, record] = *core_master_keys_.begin();
    random_.fill(record.salt);
    const auto key = stretch_passphrase_as_core(passphrase, record.salt, record.iterations);
    const ByteSpan bytes{key};
    record.encrypted_key = crypto::aes256_cbc_encrypt(fixed<32>(bytes), fixed<16>(bytes.subspan(32)), master_.bytes());
    Writer writer;
    writer.sized_bytes(record.encrypted_key).sized_bytes(record.salt);
    writer.u32(record.method).u32(record.iterations).sized_bytes({});
    database.write(record_key_u32(kCoreMasterType, id), writer.view());
}

void KeyVault::encrypt(Database& target, std::string_view passphrase, const PassphraseCost& cost)
{
    crypto::SecretBytes master(32);
    random_.fill(master);
    master_ = memory_.store(master);
    scheme_ = Scheme::kCairn;
    write_master(target, passphrase, cost);
    for (auto& [key, entry] : entries_) {
        entry.sealed = seal_entry(key, secrets_.at(key.second).bytes());
        target.write(entry_record(key), Writer().u8(kVersion).sized_bytes(entry.sealed).view());
    }
    if (const auto words = phrase()) {
        set_phrase(target, {reinterpret_cast<const char*>(words->data()), words->size()});
    }
}

bool KeyVault::change_passphrase(Database& database, std::string_view old_passphrase, std::string_view new_passphrase,
                                 const PassphraseCost& cost)
{
    const bool was_locked = is_locked();
    if (unlock(old_passphrase) != UnlockResult::kUnlocked) return false;
    try {
        Database::Transaction transaction{database};
        if (scheme_ == Scheme::kCore) {
            write_core_master(database, new_passphrase);
        } else {
            write_master(database, new_passphrase, cost);
        }
        transaction.commit();
    } catch (...) {
        if (was_locked) lock();
        // Which of the two opens it, the file says.
        load_master(database);
        throw;
    }
    if (was_locked) lock();
    return true;
}

}  // namespace cairn::wallet
