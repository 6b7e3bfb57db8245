#include "support/json.h"

#include <cmath>
#include <stdexcept>

#include <rapidjson/document.h>

#include "support/files.h"

namespace cairn::test {
namespace {

const rapidjson::Value& of(const void* value)
{
    return *static_cast<const rapidjson::Value*>(value);
}

void require(bool condition, const char* what)
{
    if (!condition) throw std::runtime_error(std::string{"JSON: not "} + what);
}

}  // namespace

Json Json::parse(std::string_view text)
{
    auto document = std::make_shared<rapidjson::Document>();
    document->Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
    require(!document->HasParseError(), "a document");
    const rapidjson::Value* root = document.get();
    return Json(document, root);
}

Json Json::read(const std::filesystem::path& path)
{
    return parse(path.extension() == ".gz" ? read_gzip(path) : read_text(path));
}

bool Json::is_null() const
{
    return of(value_).IsNull();
}
bool Json::is_bool() const
{
    return of(value_).IsBool();
}
bool Json::is_number() const
{
    return of(value_).IsNumber();
}
bool Json::is_string() const
{
    return of(value_).IsString();
}
bool Json::is_array() const
{
    return of(value_).IsArray();
}
bool Json::is_object() const
{
    return of(value_).IsObject();
}

bool Json::boolean() const
{
    require(is_bool(), "a boolean");
    return of(value_).GetBool();
}

std::int64_t Json::integer() const
{
    require(of(value_).IsInt64(), "an integer");
    return of(value_).GetInt64();
}

double Json::number() const
{
    require(is_number(), "a number");
    return of(value_).GetDouble();
}

std::int64_t Json::satoshis() const
{
    return std::llround(number() * 1e8);
}

std::string Json::string() const
{
    require(is_string(), "a string");
    return std::string{of(value_).GetString(), of(value_).GetStringLength()};
}

std::size_t Json::size() const
{
    if (is_object()) return of(value_).MemberCount();
    require(is_array(), "an array or object");
    return of(value_).Size();
}

Json Json::operator[](std::size_t index) const
{
    require(is_array() && index < size(), "an array of that size");
    return Json(document_, &of(value_)[static_cast<rapidjson::SizeType>(index)]);
}

bool Json::has(std::string_view key) const
{
    return is_object() && of(value_).HasMember(std::string{key}.c_str());
}

Json Json::operator[](std::string_view key) const
{
    require(has(key), ("an object with " + std::string{key}).c_str());
    return Json(document_, &of(value_)[std::string{key}.c_str()]);
}

std::vector<Json> Json::items() const
{
    require(is_array(), "an array");
    std::vector<Json> result;
    for (const auto& item : of(value_).GetArray()) result.push_back(Json(document_, &item));
    return result;
}

std::vector<std::string> Json::keys() const
{
    require(is_object(), "an object");
    std::vector<std::string> result;
    for (const auto& member : of(value_).GetObject()) result.emplace_back(member.name.GetString());
    return result;
}

}  // namespace cairn::test
