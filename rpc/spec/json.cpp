#include "rpc/spec/json.h"

#include <array>
#include <cstdio>

#include "crypto/text.h"
#include "rpc/spec/error.h"

namespace cairn::rpc {

namespace {

const Json& null_value()
{
    static const Json null;
    return null;
}

}  // namespace

std::string_view kind_name(Json::Kind kind)
{
    static constexpr std::array<std::string_view, 6> kNames{"null", "bool", "number", "string", "array", "object"};
    return kNames[static_cast<std::size_t>(kind)];
}

Json::Json(Object value) : value_(std::move(value)) {}

Json::Json(Amount amount) : value_(Number{format_amount(amount)}) {}

Json Json::real(double value)  // floating: difficulty, progress, displayed rates
{
    std::array<char, 40> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.16g", value);
    return number(std::string(text.data(), static_cast<std::size_t>(size)));
}

std::string_view Json::kind_name() const
{
    return rpc::kind_name(kind());
}

std::size_t Json::size() const
{
    if (const auto* list = std::get_if<Array>(&value_)) return list->size();
    if (const auto* members = std::get_if<Object>(&value_)) return members->size();
    return 0;
}

const Json& Json::operator[](std::size_t index) const
{
    const auto* list = std::get_if<Array>(&value_);
    return list != nullptr && index < list->size() ? (*list)[index] : null_value();
}

const Json& Json::operator[](std::string_view key) const
{
    if (const auto* members = std::get_if<Object>(&value_)) {
        for (const Member& member : *members) {
            if (member.key == key) return member.value;
        }
    }
    return null_value();
}

bool Json::has(std::string_view key) const
{
    return &(*this)[key] != &null_value();
}

Json& Json::push(Json element)
{
    std::get<Array>(value_).push_back(std::move(element));
    return *this;
}

Json& Json::set(std::string_view key, Json value)
{
    std::get<Object>(value_).push_back(Member{std::string(key), std::move(value)});
    return *this;
}

Json& Json::replace(std::string_view key, Json value)
{
    for (Member& member : std::get<Object>(value_)) {
        if (member.key == key) {
            member.value = std::move(value);
            return *this;
        }
    }
    return set(key, std::move(value));
}

void Json::refuse_kind(Kind expected) const
{
    throw Error(Code::kType, "JSON value of type " + std::string(kind_name()) + " is not of expected type " +
                                 std::string(rpc::kind_name(expected)));
}

const std::string& Json::as_string() const
{
    if (!is_string()) refuse_kind(Kind::kString);
    return std::get<std::string>(value_);
}

bool Json::as_bool() const
{
    if (!is_bool()) refuse_kind(Kind::kBool);
    return std::get<bool>(value_);
}

const Json::Array& Json::as_array() const
{
    if (!is_array()) refuse_kind(Kind::kArray);
    return std::get<Array>(value_);
}

const Json::Object& Json::as_object() const
{
    if (!is_object()) refuse_kind(Kind::kObject);
    return std::get<Object>(value_);
}

const std::string& Json::as_number_text() const
{
    if (!is_number()) refuse_kind(Kind::kNumber);
    return std::get<Number>(value_).text;
}

namespace {

template <class T>
T integer_of(const std::string& text)
{
    const auto value = parse_integer<T>(text);
    if (!value) throw Error(Code::kMisc, "JSON integer out of range");
    return *value;
}

}  // namespace

std::int64_t Json::as_signed(std::int64_t low, std::int64_t high) const
{
    const auto value = integer_of<std::int64_t>(as_number_text());
    if (value < low || value > high) throw Error(Code::kMisc, "JSON integer out of range");
    return value;
}

std::uint64_t Json::as_unsigned(std::uint64_t high) const
{
    const auto value = integer_of<std::uint64_t>(as_number_text());
    if (value > high) throw Error(Code::kMisc, "JSON integer out of range");
    return value;
}

Amount Json::as_amount(int decimals) const
{
    if (!is_number() && !is_string()) throw Error(Code::kType, "Amount is not a number or string");
    const auto satoshis = parse_fixed_point(is_number() ? as_number_text() : as_string(), decimals);
    if (!satoshis) throw Error(Code::kType, "Invalid amount");
    const Amount amount{*satoshis};
    if (!amount.is_money()) throw Error(Code::kType, "Amount out of range");
    return amount;
}

}  // namespace cairn::rpc
