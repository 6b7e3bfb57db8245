#include "support/json.h"

#include <cmath>
#include <stdexcept>
#include <utility>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "support/files.h"

namespace cairn::test {

/// A value with all below it. Numbers stay text until somebody asks.
struct Json::Node {
    enum class Kind { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

    Kind kind = Kind::kNull;
    std::string text;
    std::vector<Node> children;
    std::vector<std::string> names;  // of an object's children
};

namespace {

void require(bool condition, const std::string& what)
{
    if (!condition) throw std::runtime_error("JSON: not " + what);
}

}  // namespace

/// Builds nodes from the parser's events. (The parser's own document does not compile with Clang 19.)
class Json::Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
public:
    explicit Builder(Node& root) : root_(root) {}

    bool Null() { return add(Node::Kind::kNull); }
    bool Bool(bool value) { return add(value ? Node::Kind::kTrue : Node::Kind::kFalse); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return add(Node::Kind::kNumber, {text, size}); }
    bool String(const char* text, rapidjson::SizeType size, bool) { return add(Node::Kind::kString, {text, size}); }
    bool Key(const char* text, rapidjson::SizeType size, bool)
    {
        open_.back()->names.emplace_back(text, size);
        return true;
    }
    bool StartArray() { return add(Node::Kind::kArray), true; }
    bool StartObject() { return add(Node::Kind::kObject), true; }
    bool EndArray(rapidjson::SizeType) { return close(); }
    bool EndObject(rapidjson::SizeType) { return close(); }

private:
    bool add(Node::Kind kind, std::string text = {})
    {
        Node& node = open_.empty() ? root_ : open_.back()->children.emplace_back();
        node.kind = kind;
        node.text = std::move(text);
        // A node does not move while it is open: its parent gets no other child until then.
        if (kind == Node::Kind::kArray || kind == Node::Kind::kObject) open_.push_back(&node);
        return true;
    }
    bool close()
    {
        open_.pop_back();
        return true;
    }

    Node& root_;
    std::vector<Node*> open_;
};

Json Json::parse(std::string_view text)
{
    auto root = std::make_shared<Node>();
    Builder builder{*root};
    rapidjson::Reader reader;
    rapidjson::MemoryStream stream{text.data(), text.size()};
    const bool parsed = !reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(stream, builder).IsError();
    require(parsed, "a document");
    const Node* node = root.get();
    return Json(std::move(root), node);
}

Json Json::read(const std::filesystem::path& path)
{
    return parse(path.extension() == ".gz" ? read_gzip(path) : read_text(path));
}

bool Json::is_null() const
{
    return node_->kind == Node::Kind::kNull;
}
bool Json::is_bool() const
{
    return node_->kind == Node::Kind::kFalse || node_->kind == Node::Kind::kTrue;
}
bool Json::is_number() const
{
    return node_->kind == Node::Kind::kNumber;
}
bool Json::is_string() const
{
    return node_->kind == Node::Kind::kString;
}
bool Json::is_array() const
{
    return node_->kind == Node::Kind::kArray;
}
bool Json::is_object() const
{
    return node_->kind == Node::Kind::kObject;
}

bool Json::boolean() const
{
    require(is_bool(), "a boolean");
    return node_->kind == Node::Kind::kTrue;
}

std::int64_t Json::integer() const
{
    require(is_number(), "a number");
    std::size_t used = 0;
    const long long value = std::stoll(node_->text, &used);
    require(used == node_->text.size(), "an integer");
    return value;
}

double Json::number() const
{
    require(is_number(), "a number");
    return std::stod(node_->text);
}

std::int64_t Json::satoshis() const
{
    return std::llround(number() * 1e8);
}

std::string Json::number_text() const
{
    require(is_number(), "a number");
    return node_->text;
}

std::string Json::string() const
{
    require(is_string(), "a string");
    return node_->text;
}

std::size_t Json::size() const
{
    require(is_array() || is_object(), "an array or object");
    return node_->children.size();
}

Json Json::operator[](std::size_t index) const
{
    require(is_array() && index < size(), "an array of that size");
    return Json(document_, &node_->children[index]);
}

bool Json::has(std::string_view key) const
{
    if (!is_object()) return false;
    for (const std::string& name : node_->names) {
        if (name == key) return true;
    }
    return false;
}

Json Json::operator[](std::string_view key) const
{
    require(is_object(), "an object");
    for (std::size_t i = 0; i < node_->names.size(); ++i) {
        if (node_->names[i] == key) return Json(document_, &node_->children[i]);
    }
    throw std::runtime_error("JSON: no member " + std::string{key});
}

std::vector<Json> Json::items() const
{
    require(is_array(), "an array");
    std::vector<Json> result;
    for (const Node& child : node_->children) result.push_back(Json(document_, &child));
    return result;
}

std::vector<std::string> Json::keys() const
{
    require(is_object(), "an object");
    return node_->names;
}

}  // namespace cairn::test
