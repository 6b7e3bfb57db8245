#pragma once
// JSON of test vectors, without the parser's headers. What is not as asked for throws std::runtime_error.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::test {

/// A value in a parsed document, which it keeps alive; cheap to copy.
class Json {
public:
    static Json parse(std::string_view text);
    /// Of a file; gzipped if its name ends in ".gz".
    static Json read(const std::filesystem::path& path);

    bool is_null() const;
    bool is_bool() const;
    bool is_number() const;
    bool is_string() const;
    bool is_array() const;
    bool is_object() const;

    bool boolean() const;
    std::int64_t integer() const;
    double number() const;  // floating: whatever the vector means by it
    /// The number as it is written.
    std::string number_text() const;
    std::string string() const;
    /// The value in satoshis of a number of coins with up to eight decimals.
    std::int64_t satoshis() const;

    /// Elements of an array, or members of an object.
    std::size_t size() const;
    Json operator[](std::size_t index) const;
    Json operator[](std::string_view key) const;
    bool has(std::string_view key) const;
    std::vector<Json> items() const;
    std::vector<std::string> keys() const;

private:
    struct Node;
    class Builder;
    Json(std::shared_ptr<const Node> document, const Node* node) : document_(std::move(document)), node_(node) {}

    std::shared_ptr<const Node> document_;
    const Node* node_;
};

}  // namespace cairn::test
