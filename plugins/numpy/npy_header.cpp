#include "npy_header.h"

#include "engine/tensor/dims_text.h"
#include "engine/tensor/saturated.h"
#include "files/problem.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

namespace burdock {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longestHeader = 1 << 16; // that of an array without fields is a hundred bytes long

/// A literal of Python's: a dictionary with texts, truth values and tuples of numbers, and nothing else.
class Literal {
  public:
    explicit Literal(std::string_view text)
        : text_(text) {}

    bool taken(char c) {
        skipBlanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool ended() {
        skipBlanks();
        return at_ == text_.size();
    }
    std::optional<std::string> quoted() {
        skipBlanks();
        if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
        const std::size_t end = text_.find(text_[at_], at_ + 1);
        if (end == std::string_view::npos) return std::nullopt;
        std::string found(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return found.find('\\') == std::string::npos ? std::optional(found) : std::nullopt;
    }
    std::optional<bool> truth() {
        skipBlanks();
        for (const bool value : {true, false})
            if (const std::string_view word = value ? "True" : "False"; text_.substr(at_).starts_with(word)) {
                at_ += word.size();
                return value;
            }
        return std::nullopt;
    }
    std::optional<std::int64_t> size() {
        skipBlanks();
        std::int64_t value = -1;
        const char* const begin = text_.data() + at_;
        const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
        if (error != std::errc() || value < 0 || *begin == '-') return std::nullopt;
        at_ += static_cast<std::size_t>(end - begin);
        return value;
    }
    std::optional<std::vector<std::int64_t>> tuple() {
        std::vector<std::int64_t> values;
        if (!taken('(')) return std::nullopt;
        while (!taken(')')) {
            const auto value = size();
            if (!value) return std::nullopt;
            values.push_back(*value);
            if (taken(',')) continue;
            if (values.size() < 2 || !taken(')')) return std::nullopt; // "(3)" is a number in Python
            return values;
        }
        return values;
    }
    /// A list of fields, in brackets: passed over.
    bool listed() {
        skipBlanks();
        return at_ < text_.size() && text_[at_] == '[';
    }

  private:
    void skipBlanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
            ++at_;
    }
    std::string_view text_;
    std::size_t at_ = 0;
};

struct Described {
    std::string type;
    bool fortran = false, fields = false;
    std::vector<std::int64_t> shape;
};

std::optional<Described> parse(std::string_view text) {
    Literal literal(text);
    Described found;
    std::set<std::string> keys;
    if (!literal.taken('{')) return std::nullopt;
    while (!literal.taken('}')) {
        const auto key = literal.quoted();
        if (!key || !literal.taken(':') || !keys.insert(*key).second) return std::nullopt;
        if (*key == "descr") {
            if (literal.listed()) {
                found.fields = true;
                return found;
            }
            auto type = literal.quoted();
            if (!type) return std::nullopt;
            found.type = std::move(*type);
        } else if (*key == "fortran_order") {
            const auto value = literal.truth();
            if (!value) return std::nullopt;
            found.fortran = *value;
        } else if (*key == "shape") {
            auto shape = literal.tuple();
            if (!shape) return std::nullopt;
            found.shape = std::move(*shape);
        } else {
            return std::nullopt;
        }
        if (literal.taken(',')) continue;
        if (!literal.taken('}')) return std::nullopt;
        break;
    }
    if (keys.size() != 3 || !literal.ended()) return std::nullopt;
    return found;
}

/// "<f4" into the header; false for what is neither number, truth value nor text.
bool setType(NpyHeader& header, const std::string& type) {
    if (type.size() < 3 || std::string_view("<>|=").find(type[0]) == std::string_view::npos) return false;
    const char* const end = type.data() + type.size();
    const auto [last, error] = std::from_chars(type.data() + 2, end, header.itemBytes);
    if (error != std::errc() || last != end || header.itemBytes < 0) return false;
    header.bigEndian = type[0] == '>';
    const std::int64_t bytes = header.itemBytes;
    const bool power = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    const auto named = [&](NpyKind kind, const char* name) {
        header.kind = kind;
        header.type = name + std::to_string(8 * bytes);
        return power;
    };
    constexpr std::int64_t longestText = 1 << 16;
    switch (type[1]) {
    case 'b':
        header.kind = NpyKind::Bool;
        header.type = "bool";
        return bytes == 1;
    case 'u':
        return named(NpyKind::Unsigned, "uint");
    case 'i':
        return named(NpyKind::Signed, "int");
    case 'f':
        return named(NpyKind::Float, "float") && bytes > 1;
    case 'S':
    case 'U':
        header.kind = type[1] == 'S' ? NpyKind::Bytes : NpyKind::Text;
        header.type = "text";
        if (header.kind == NpyKind::Text) header.itemBytes = saturatedProduct(bytes, 4);
        return bytes > 0 && bytes <= longestText;
    default:
        return false;
    }
}

tl::unexpected<Diagnostic> refuseType(const ByteStream& stream, const Described& found) {
    if (found.type.size() > 1 && found.type[1] == 'O')
        return refuseFile(stream.where, "npz.objects", "The array holds Python objects.",
                          "To read them would run code out of the file.",
                          "Save it as numbers or texts: np.asarray(values, dtype=np.float32).");
    return refuseFile(stream.where, "npz.type", "The array's type cannot be read.",
                      found.fields ? "Its values have fields."
                                   : "It is \"" + found.type +
                                         "\", neither whole numbers or floats of up to 64 bits, truth "
                                         "values nor texts.",
                      "Save it with another dtype, such as np.float32.");
}

} // namespace

std::int64_t NpyHeader::count() const {
    std::int64_t all = 1;
    for (const std::int64_t size : shape)
        all = saturatedProduct(all, size);
    return all;
}

std::string NpyHeader::text() const {
    return (shape.empty() ? std::string("one value") : dimsText(shape, " × ")) + " of " + type;
}

Result<NpyHeader> readNpyHeader(const ByteStream& stream) {
    const auto damaged = [&](std::string why) {
        return refuseFile(stream.where, "npz.header", "This is not a NumPy array.", std::move(why),
                          "Save it by np.save or np.savez.");
    };
    const auto read = [&](std::size_t count) -> Result<std::string> {
        std::string bytes(count, '\0');
        const auto got = stream.read(bytes);
        if (!got) return refuse(got.error());
        if (*got < count)
            return refuseFile(stream.where, "truncated", "The file ends within its header.", "",
                              "Get the file again.");
        return bytes;
    };
    const auto start = read(8);
    if (!start) return refuse(start.error());
    if (!start->starts_with(magic)) return damaged("Its first bytes are not those of one.");
    const int version = (*start)[6];
    if (version < 1 || version > 3)
        return damaged("Its version is " + std::to_string(version) + ", not 1, 2 or 3.");
    const auto lengthBytes = read(version == 1 ? 2 : 4);
    if (!lengthBytes) return refuse(lengthBytes.error());
    std::size_t length = 0;
    for (std::size_t i = lengthBytes->size(); i-- > 0;)
        length = length << 8 | static_cast<unsigned char>((*lengthBytes)[i]);
    if (length > longestHeader) return damaged("Its header is " + std::to_string(length) + " bytes long.");
    const auto text = read(length);
    if (!text) return refuse(text.error());
    const auto found = parse(*text);
    if (!found) return damaged("Its header does not say type, order and shape, and nothing else.");
    NpyHeader header;
    header.fortran = found->fortran;
    header.shape = found->shape;
    if (found->fields || !setType(header, found->type)) return refuseType(stream, *found);
    if (header.count() == 0)
        return refuseFile(stream.where, "empty", "The array holds no values.", "It is " + header.text() + ".",
                          "Give one with values in it.");
    const auto values = static_cast<std::uint64_t>(saturatedProduct(header.count(), header.itemBytes));
    const std::uint64_t before = 8 + lengthBytes->size() + length;
    const std::uint64_t left = stream.atMost > before ? stream.atMost - before : 0;
    if (values > left || (stream.exact && values != left))
        return refuseFile(stream.where, values > left ? "truncated" : "npz.length",
                          values > left ? "The file is shorter than its header says."
                                        : "The file is longer than its header says.",
                          "The header says " + header.text() + ", " + std::to_string(values) +
                              " bytes; there " + (stream.exact ? "are " : "can be at most ") +
                              std::to_string(left) + ".",
                          "Get the file again.");
    return header;
}

} // namespace burdock
