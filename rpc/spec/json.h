#pragma once
// JSON values: objects keep their order, numbers keep their text, so that an amount's eight decimals pass through
// exactly.
//
// Read and written as Bitcoin Core reads and writes them. The as_… accessors refuse what came from a client by throwing
// rpc::Error with Bitcoin Core's texts; building and walking never throw. Values, movable cheaply.

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "consensus/primitives/amount.h"
#include "crypto/bytes.h"

namespace cairn::rpc {

/// A member of an object. A template, so that it may be named while Json is not complete.
template <class Value>
struct JsonMember {
    std::string key;
    Value value;
    friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

class Json {
public:
    enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

    struct Number {
        std::string text;
        friend bool operator==(const Number&, const Number&) = default;
    };
    using Member = JsonMember<Json>;
    using Array = std::vector<Json>;
    using Object = std::vector<Member>;

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    template <std::integral T>
    Json(T value) : value_(Number{std::to_string(value)})
    {
    }
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(const char* value) : value_(std::string(value)) {}
    /// Coins with eight decimals: 1.00000000.
    Json(Amount amount);
    static Json array() { return Json(Array{}); }
    static Json object() { return Json(Object{}); }
    template <class Range>
    static Json array_of(const Range& range)
    {
        Json list = array();
        for (const auto& element : range) list.push(Json(element));
        return list;
    }
    /// `text` must follow JSON's grammar of numbers.
    static Json number(std::string text) { return Json(Number{std::move(text)}); }
    /// With up to 16 significant digits.
    // floating: difficulty, progress, displayed rates
    static Json real(double value);

    Kind kind() const { return static_cast<Kind>(value_.index()); }
    bool is_null() const { return kind() == Kind::kNull; }
    bool is_bool() const { return kind() == Kind::kBool; }
    bool is_number() const { return kind() == Kind::kNumber; }
    bool is_string() const { return kind() == Kind::kString; }
    bool is_array() const { return kind() == Kind::kArray; }
    bool is_object() const { return kind() == Kind::kObject; }
    /// "null", "bool", "number", "string", "array", "object".
    std::string_view kind_name() const;

    /// Elements or members; 0 for anything else.
    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// The element, or null beyond the end and in anything but an array.
    const Json& operator[](std::size_t index) const;
    /// The first member of that name, or null.
    const Json& operator[](std::string_view key) const;
    const Json& operator[](const char* key) const { return (*this)[std::string_view{key}]; }
    const Json& operator[](int index) const { return (*this)[static_cast<std::size_t>(index)]; }
    bool has(std::string_view key) const;

    /// Appends. The value must be an array, or an object (without looking whether it has the key).
    Json& push(Json element);
    Json& set(std::string_view key, Json value);
    /// Replaces the member, or appends it.
    Json& replace(std::string_view key, Json value);

    // Throw Error(kType, "JSON value of type … is not of expected type …"), and as_int Error(kMisc, "JSON integer out
    // of range") for a number that is no integer of that type.
    const std::string& as_string() const;
    bool as_bool() const;
    const Array& as_array() const;
    const Object& as_object() const;
    const std::string& as_number_text() const;
    template <std::integral T>
    T as_int() const
    {
        if constexpr (std::signed_integral<T>) {
            return static_cast<T>(as_signed(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
        } else {
            return static_cast<T>(as_unsigned(std::numeric_limits<T>::max()));
        }
    }
    /// A number or a string, with at most `decimals` decimals, as an integer of the last of them. Errors: kType "Amount
    /// is not a number or string", "Invalid amount", "Amount out of range" (negative or over all the money there is).
    Amount as_amount(int decimals = 8) const;

    /// Compact, or with that many spaces per level.
    std::string write(int indent = 0) const;
    /// The whole of `text` (white space around it). Nothing if it is no JSON, not UTF-8, or deeper than kMaxDepth.
    static std::optional<Json> parse(std::string_view text);
    static constexpr std::size_t kMaxDepth = 512;

    friend bool operator==(const Json&, const Json&) = default;

private:
    explicit Json(Number value) : value_(std::move(value)) {}
    explicit Json(Array value) : value_(std::move(value)) {}
    explicit Json(Object value);
    std::int64_t as_signed(std::int64_t low, std::int64_t high) const;
    std::uint64_t as_unsigned(std::uint64_t high) const;
    [[noreturn]] void refuse_kind(Kind expected) const;

    std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
    friend class JsonBuilder;
};

std::string_view kind_name(Json::Kind kind);

/// A decimal number (digits, at most one point, an exponent) times 10^decimals; nothing if that is no integer, or above
/// 10^18 - 1 in size. As Bitcoin Core reads amounts: "1e-8" is one satoshi, "01" and ".5" are nothing.
std::optional<std::int64_t> parse_fixed_point(std::string_view text, int decimals);

}  // namespace cairn::rpc
