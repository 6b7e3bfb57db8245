#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "rpc/spec/json.h"

namespace cairn::rpc {

/// Takes RapidJSON's events and builds the value; false ends the parse.
class JsonBuilder {
public:
    using Ch = char;

    bool Null() { return add(Json{}); }
    bool Bool(bool value) { return add(Json(value)); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool)
    {
        return add(Json::number(std::string(text, size)));
    }
    bool String(const char* text, rapidjson::SizeType size, bool) { return add(Json(std::string(text, size))); }
    bool Key(const char* text, rapidjson::SizeType size, bool)
    {
        std::get<Json::Object>(open_.back().value_).push_back({std::string(text, size), Json{}});
        return true;
    }
    bool StartObject() { return open(Json::object()); }
    bool StartArray() { return open(Json::array()); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool EndArray(rapidjson::SizeType) { return close(); }
    // With numbers as text, the reader never calls these.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }  // floating: never called

    Json take() { return std::move(root_); }

private:
    bool add(Json value)
    {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (open_.back().is_array()) {
            open_.back().push(std::move(value));
        } else {
            std::get<Json::Object>(open_.back().value_).back().value = std::move(value);
        }
        return true;
    }
    bool open(Json container)
    {
        if (open_.size() >= Json::kMaxDepth) return false;
        open_.push_back(std::move(container));
        return true;
    }
    bool close()
    {
        Json finished = std::move(open_.back());
        open_.pop_back();
        return add(std::move(finished));
    }

    Json root_;
    std::vector<Json> open_;  // at most Json::kMaxDepth
};

namespace {

bool is_continuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// RapidJSON lets a lone low surrogate ("\udc00") through; as UTF-8 it begins with ED and a byte from A0.
bool has_surrogate(const Json& value)
{
    const auto in_text = [](std::string_view text) {
        for (std::size_t i = 0; i + 1 < text.size(); ++i) {
            if (text[i] == '\xed' && static_cast<unsigned char>(text[i + 1]) >= 0xa0U && is_continuation(text[i + 1]))
                return true;
        }
        return false;
    };
    if (value.is_string()) return in_text(value.as_string());
    if (value.is_array()) {
        for (const Json& element : value.as_array()) {
            if (has_surrogate(element)) return true;
        }
    }
    if (value.is_object()) {
        for (const Json::Member& member : value.as_object()) {
            if (in_text(member.key) || has_surrogate(member.value)) return true;
        }
    }
    return false;
}

}  // namespace

std::optional<Json> Json::parse(std::string_view text)
{
    // RapidJSON takes a NUL for the end of its input, and the grammar has none outside of strings, where it is an error
    // too.
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    constexpr unsigned kFlags =
        rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    JsonBuilder builder;
    if (reader.Parse<kFlags>(stream, builder).IsError()) return std::nullopt;
    Json value = builder.take();
    if (text.find("\\u") != std::string_view::npos && has_surrogate(value)) return std::nullopt;
    return value;
}

}  // namespace cairn::rpc
