#include "rpc/spec/json.h"

namespace cairn::rpc {

namespace {

void append_escaped(std::string& out, std::string_view text)
{
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (byte < 0x20 || byte == 0x7f) {
                    out += "\\u00";
                    out += kHex[byte >> 4];
                    out += kHex[byte & 15];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

class Writer {
public:
    explicit Writer(int indent) : indent_(static_cast<std::size_t>(indent)) {}

    void write(const Json& value)
    {
        switch (value.kind()) {
            case Json::Kind::kNull:
                out_ += "null";
                return;
            case Json::Kind::kBool:
                out_ += value.as_bool() ? "true" : "false";
                return;
            case Json::Kind::kNumber:
                out_ += value.as_number_text();
                return;
            case Json::Kind::kString:
                append_escaped(out_, value.as_string());
                return;
            case Json::Kind::kArray:
                return write_array(value.as_array());
            case Json::Kind::kObject:
                return write_object(value.as_object());
        }
    }
    std::string take() { return std::move(out_); }

private:
    void write_array(const Json::Array& elements)
    {
        begin('[');
        for (std::size_t i = 0; i < elements.size(); ++i) {
            new_line();
            write(elements[i]);
            if (i + 1 < elements.size()) out_ += ',';
        }
        end(']');
    }
    void write_object(const Json::Object& members)
    {
        begin('{');
        for (std::size_t i = 0; i < members.size(); ++i) {
            new_line();
            append_escaped(out_, members[i].key);
            out_ += indent_ > 0 ? ": " : ":";
            write(members[i].value);
            if (i + 1 < members.size()) out_ += ',';
        }
        end('}');
    }
    void begin(char bracket)
    {
        out_ += bracket;
        ++level_;
    }
    void end(char bracket)
    {
        --level_;
        new_line();
        out_ += bracket;
    }
    void new_line()
    {
        if (indent_ == 0) return;
        out_ += '\n';
        out_.append(level_ * indent_, ' ');
    }

    std::string out_;
    std::size_t indent_;
    std::size_t level_ = 0;
};

}  // namespace

std::string Json::write(int indent) const
{
    Writer writer(indent);
    writer.write(*this);
    return writer.take();
}

}  // namespace cairn::rpc
