// The file of the address manager: docs/formats/peers.md.

#include <algorithm>

#include "consensus/encoding/reader.h"
#include "consensus/encoding/writer.h"
#include "crypto/sha256.h"
#include "protocol/address_manager.h"

namespace cairn::protocol {
namespace {

constexpr std::string_view kFileMagic = "CAIRNADR";
constexpr std::uint32_t kFileVersion = 1;
constexpr std::size_t kChecksumSize = 32;
constexpr std::size_t kMaxEntries = (kNewBuckets + kTriedBuckets) * kBucketSize;

void write_address(Writer& out, const NetAddress& address)
{
    out.u8(static_cast<std::uint8_t>(address.kind())).sized_bytes(address.bytes());
}

NetAddress read_address(Reader& in)
{
    const auto kind = static_cast<AddressNetwork>(in.u8());
    const auto address = NetAddress::from_bytes(kind, in.sized_bytes());
    if (!address) in.fail(DecodeError::kBadValue);
    return address.value_or(NetAddress{});
}

struct FileEntry {
    AddressManager::Entry entry;
    std::vector<std::uint16_t> buckets;
};

void write_entry(Writer& out, const AddressManager::Entry& entry, std::span<const std::uint16_t> buckets)
{
    write_address(out, entry.address.endpoint.address);
    out.u16(entry.address.endpoint.port).u64(entry.address.services).i64(unix_seconds(entry.address.time));
    write_address(out, entry.source);
    out.i64(unix_seconds(entry.last_success)).i64(unix_seconds(entry.last_try));
    out.u32(static_cast<std::uint32_t>(entry.attempts)).boolean(entry.tried);
    out.compact_size(buckets.size());
    for (const std::uint16_t bucket : buckets) out.u16(bucket);
}

constexpr std::int64_t kLatestTime = 0xffffffffff;  // no sum or difference of times in range overflows

Time read_time(Reader& in)
{
    const std::int64_t seconds = in.i64();
    if (seconds < 0 || seconds > kLatestTime) in.fail(DecodeError::kBadValue);
    return in.ok() ? from_unix(seconds) : Time{};
}

FileEntry read_entry(Reader& in)
{
    FileEntry result;
    AddressManager::Entry& entry = result.entry;
    entry.address.endpoint.address = read_address(in);
    entry.address.endpoint.port = in.u16();
    entry.address.services = in.u64();
    entry.address.time = read_time(in);
    entry.source = read_address(in);
    entry.last_success = read_time(in);
    entry.last_try = read_time(in);
    entry.attempts = static_cast<int>(in.u32() & 0x7fffffff);
    entry.tried = in.boolean();
    const std::uint64_t buckets = in.compact_size();
    if (buckets > static_cast<std::uint64_t>(kNewBucketsPerAddress)) in.fail(DecodeError::kBadValue);
    for (std::uint64_t i = 0; i < buckets && in.ok(); ++i) {
        const std::uint16_t bucket = in.u16();
        if (bucket >= kNewBuckets) in.fail(DecodeError::kBadValue);
        result.buckets.push_back(bucket);
    }
    return result;
}

}  // namespace

Bytes AddressManager::encode() const
{
    std::unordered_map<Id, std::vector<std::uint16_t>> buckets;
    for (std::size_t i = 0; i < new_table_.size(); ++i) {
        if (new_table_[i] != kNoId) buckets[new_table_[i]].push_back(static_cast<std::uint16_t>(i / kBucketSize));
    }
    Writer out;
    out.bytes(std::as_bytes(std::span{kFileMagic})).u32(kFileVersion).hash256(key_);
    out.compact_size(random_order_.size());
    for (const Id id : random_order_) write_entry(out, by_id_.at(id), buckets[id]);
    const Hash256 checksum = crypto::sha256d(out.view());
    out.hash256(checksum);
    return out.take();
}

std::expected<void, std::string> AddressManager::decode(ByteSpan file, Time now)
{
    if (file.size() < kFileMagic.size() + 4 + kChecksumSize) return std::unexpected("the file is too short");
    const ByteSpan body = file.first(file.size() - kChecksumSize);
    if (!std::ranges::equal(crypto::sha256d(body).span(), file.last(kChecksumSize))) {
        return std::unexpected("checksum mismatch, data corrupted");
    }
    Reader in{body};
    if (!std::ranges::equal(in.bytes(kFileMagic.size()), std::as_bytes(std::span{kFileMagic}))) {
        return std::unexpected("it is not a list of peers' addresses");
    }
    if (const std::uint32_t version = in.u32(); version != kFileVersion) {
        return std::unexpected("unknown version " + std::to_string(version) + " of the file");
    }
    AddressManager loaded{in.hash256(), random_};
    const std::uint64_t count = in.compact_size();
    if (count > kMaxEntries) in.fail(DecodeError::kBadValue);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        const FileEntry item = read_entry(in);
        if (!in.ok() || !item.entry.address.endpoint.address.is_routable()) continue;
        if (loaded.by_endpoint_.contains(item.entry.address.endpoint)) continue;
        const Id id = loaded.create(item.entry.address, item.entry.source);
        Entry& entry = loaded.by_id_.at(id);
        entry.last_success = item.entry.last_success;
        entry.last_try = item.entry.last_try;
        entry.attempts = item.entry.attempts;
        for (const std::uint16_t bucket : item.buckets) {
            Id& slot = loaded.new_slot(bucket, loaded.position(entry.address.endpoint, true, bucket));
            if (slot != kNoId || item.entry.tried) continue;
            slot = id;
            ++entry.references;
        }
        const std::size_t bucket = loaded.tried_bucket(entry.address.endpoint);
        if (item.entry.tried && entry.last_success != Time{} &&
            loaded.tried_slot(bucket, loaded.position(entry.address.endpoint, false, bucket)) == kNoId) {
            loaded.make_tried(id);
        } else if (entry.references == 0 && !loaded.place_new(id, entry.source, now) && loaded.by_id_.contains(id) &&
                   loaded.by_id_.at(id).references == 0) {
            loaded.erase(id);
        }
    }
    in.expect_end();
    if (!in.ok()) return std::unexpected(std::string(text(*in.error())));
    key_ = loaded.key_;
    next_id_ = loaded.next_id_;
    by_id_ = std::move(loaded.by_id_);
    by_endpoint_ = std::move(loaded.by_endpoint_);
    random_order_ = std::move(loaded.random_order_);
    new_table_ = std::move(loaded.new_table_);
    tried_table_ = std::move(loaded.tried_table_);
    new_count_ = loaded.new_count_;
    tried_count_ = loaded.tried_count_;
    counts_ = std::move(loaded.counts_);
    collisions_.clear();
    return {};
}

std::string AddressManager::check() const
{
    if (random_order_.size() != new_count_ + tried_count_) return "counts and order differ";
    if (by_id_.size() != random_order_.size() || by_endpoint_.size() != by_id_.size()) return "indexes differ";
    std::unordered_map<Id, int> places;
    for (std::size_t i = 0; i < new_table_.size(); ++i) {
        if (new_table_[i] == kNoId) continue;
        const Entry& entry = by_id_.at(new_table_[i]);
        if (entry.tried) return "a tried address in the new table";
        if (position(entry.address.endpoint, true, i / kBucketSize) != i % kBucketSize) return "wrong new position";
        ++places[new_table_[i]];
    }
    for (std::size_t i = 0; i < tried_table_.size(); ++i) {
        if (tried_table_[i] == kNoId) continue;
        const Entry& entry = by_id_.at(tried_table_[i]);
        if (!entry.tried || entry.references != 0) return "a new address in the tried table";
        if (tried_bucket(entry.address.endpoint) != i / kBucketSize) return "wrong tried bucket";
        if (position(entry.address.endpoint, false, i / kBucketSize) != i % kBucketSize) return "wrong tried position";
        ++places[tried_table_[i]];
    }
    for (const auto& [id, entry] : by_id_) {
        if (random_order_[entry.order] != id) return "wrong place in the random order";
        const int expected = entry.tried ? 1 : entry.references;
        if (expected == 0 || expected > kNewBucketsPerAddress || places[id] != expected) return "wrong references";
    }
    return {};
}

}  // namespace cairn::protocol
