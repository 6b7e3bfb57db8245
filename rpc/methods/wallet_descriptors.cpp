// The wallet's descriptors.

#include <array>

#include "rpc/methods/tables.h"
#include "rpc/methods/wallet_of_call.h"

namespace cairn::rpc {

namespace {

/// Nothing for "now".
std::optional<std::int64_t> parse_timestamp(const Json& request)
{
    const Json& value = request["timestamp"];
    if (!request.has("timestamp")) refuse(Code::kType, "Missing required timestamp field for key");
    if (value.is_number()) return value.as_int<std::int64_t>();
    if (value.is_string() && value.as_string() == "now") return std::nullopt;
    refuse(Code::kType,
           "Expected number or \"now\" timestamp value for key. got type " + std::string(value.kind_name()));
}

api::DescriptorImport parse_import(const Json& request, std::optional<std::int64_t> timestamp)
{
    api::DescriptorImport import;
    if (!request.has("desc")) refuse(Code::kInvalidParameter, "Descriptor not found.");
    import.descriptor = request["desc"].as_string();
    import.timestamp = timestamp;
    if (request.has("active")) import.active = request["active"].as_bool();
    if (request.has("internal")) import.internal = request["internal"].as_bool();
    if (request.has("label")) import.label = parse_label(request["label"]);
    if (request.has("range")) {
        const DescriptorRange range = parse_descriptor_range(request["range"]);
        import.range = {range.begin, range.end};
    }
    if (request.has("next_index")) import.next_index = request["next_index"].as_int<std::int64_t>();
    return import;
}

Json error_json(int code, const std::string& message)
{
    return Json::object().set("code", code).set("message", message);
}

Json outcome_json(const api::Wallet::ImportOutcome& outcome)
{
    Json out = Json::object();
    out.set("success", !outcome.error);
    if (!outcome.warnings.empty()) out.set("warnings", Json::array_of(outcome.warnings));
    if (outcome.error) out.set("error", error_json(static_cast<int>(outcome.error->code), outcome.error->message));
    return out;
}

Json importdescriptors(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    const Json& requests = call["requests"];
    std::vector<api::DescriptorImport> imports;
    // A request that cannot be read fails alone; its place in the answer is kept.
    std::vector<Json> answers(requests.size());
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        (void)requests[i].as_object();
        const auto timestamp = parse_timestamp(requests[i]);
        try {
            imports.push_back(parse_import(requests[i], timestamp));
            places.push_back(i);
        } catch (const Error& error) {
            answers[i] = Json::object().set("success", false).set("error", error_json(error.code(), error.message()));
        }
    }
    const auto outcomes = unwrap(wallet->import_descriptors(imports));
    for (std::size_t i = 0; i < outcomes.size(); ++i) answers[places[i]] = outcome_json(outcomes[i]);
    Json out = Json::array();
    for (Json& answer : answers) out.push(std::move(answer));
    return out;
}

Json descriptor_json(const api::WalletDescriptor& descriptor)
{
    Json out = Json::object();
    out.set("desc", descriptor.descriptor).set("timestamp", descriptor.timestamp).set("active", descriptor.active);
    if (descriptor.internal) out.set("internal", *descriptor.internal);
    if (descriptor.range) {
        out.set("range", std::move(Json::array().push(descriptor.range->first).push(descriptor.range->second)));
    }
    if (descriptor.next_index) out.set("next", *descriptor.next_index).set("next_index", *descriptor.next_index);
    return out;
}

Json listdescriptors(const Call& call)
{
    const api::WalletRef wallet = call.wallet();
    Json list = Json::array();
    for (const auto& descriptor : unwrap(wallet->descriptors(call["private"].as_bool()))) {
        list.push(descriptor_json(descriptor));
    }
    return Json::object().set("wallet_name", wallet->name()).set("descriptors", std::move(list));
}

}  // namespace

std::span<const Entry> wallet_descriptor_methods()
{
    static constexpr std::array kTable{Entry{"importdescriptors", importdescriptors},
                                       Entry{"listdescriptors", listdescriptors}};
    return kTable;
}

}  // namespace cairn::rpc
