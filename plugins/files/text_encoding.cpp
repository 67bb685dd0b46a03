#include "files/text_encoding.h"

#include "engine/data/utf8.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iconv.h>
#include <set>
#include <stdexcept>
#include <uchardet/uchardet.h>
#include <vector>

namespace burdock {
namespace {

struct Utf8Counts {
    std::int64_t characters = 0; ///< beyond ASCII
    std::int64_t wrong = 0;      ///< bytes
};

Utf8Counts countUtf8(std::string_view text) {
    constexpr std::size_t longest = 4;
    Utf8Counts counts;
    for (std::size_t i = 0; i < text.size();) {
        if (static_cast<unsigned char>(text[i]) < 0x80) {
            ++i;
        } else if (const std::size_t length = utf8Length(text.substr(i, longest))) {
            ++counts.characters;
            i += length;
        } else {
            const bool cutOff = text.size() - i < longest &&
                                std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1, text.end(),
                                            [](char c) { return (c & 0xc0) == 0x80; }) &&
                                static_cast<unsigned char>(text[i]) >= 0xc2;
            if (cutOff) break;
            ++counts.wrong;
            ++i;
        }
    }
    return counts;
}

/// UTF-16 without a mark: of the text's letters, which are mostly below 256, every other byte is zero.
std::string_view utf16ByZeros(std::string_view text) {
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < text.size(); ++i)
        zeros[i % 2] += text[i] == '\0';
    const std::size_t many = text.size() / 4, few = text.size() / 50;
    if (zeros[1] > many && zeros[0] <= few) return "utf-16le";
    if (zeros[0] > many && zeros[1] <= few) return "utf-16be";
    return {};
}

/// Of one or two letters there are no frequencies: uchardet takes quotes of Windows-1252 for Greek.
bool hasFrequencies(std::string_view text) {
    std::set<char> letters;
    for (const char c : text)
        if (static_cast<unsigned char>(c) > 0xa0) letters.insert(c);
    return letters.size() >= 3;
}

std::string byFrequencies(std::string_view text) {
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), uchardet_delete);
    uchardet_handle_data(detector.get(), text.data(), text.size());
    uchardet_data_end(detector.get());
    std::string name = uchardet_get_charset(detector.get());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (name.starts_with("windows-")) name = "cp" + name.substr(8);
    if (name == "gb2312") name = "gb18030";
    if (name == "iso-8859-1" || name == "iso-8859-15" || name == "ascii")
        return "cp1252"; // holds their letters
    if (name == "iso-8859-2" &&
        text.find_first_of("\x8a\x8c\x8d\x8e\x8f\x9a\x9c\x9d\x9e\x9f") != std::string_view::npos)
        return "cp1250";
    return name;
}

} // namespace

const std::vector<Choice>& textEncodings() {
    static const std::vector<Choice> all{
        {"auto", "Found", "By the first bytes and the frequencies of letters."},
        {"utf-8", "UTF-8", ""},
        {"cp1252", "Windows-1252", "Western European; holds Latin-1."},
        {"cp1250", "Windows-1250", "Central European."},
        {"iso-8859-2", "Latin-2", "Central European."},
        {"iso-8859-15", "Latin-9", "Western European."},
        {"cp1251", "Windows-1251", "Cyrillic."},
        {"koi8-r", "KOI8-R", "Cyrillic."},
        {"cp1253", "Windows-1253", "Greek."},
        {"cp1254", "Windows-1254", "Turkish."},
        {"utf-16le", "UTF-16, low byte first", "Excel's Unicode text."},
        {"utf-16be", "UTF-16, high byte first", ""},
        {"shift_jis", "Shift JIS", "Japanese."},
        {"euc-jp", "EUC-JP", "Japanese."},
        {"gb18030", "GB 18030", "Chinese; holds GBK."},
        {"big5", "Big5", "Chinese."},
        {"euc-kr", "EUC-KR", "Korean."}};
    return all;
}

std::size_t markLength(std::string_view text, std::string_view encoding) {
    using namespace std::string_view_literals;
    const std::string_view mark = encoding == "utf-8"      ? "\xef\xbb\xbf"sv
                                  : encoding == "utf-16le" ? "\xff\xfe"sv
                                  : encoding == "utf-16be" ? "\xfe\xff"sv
                                                           : ""sv;
    return text.starts_with(mark) ? mark.size() : 0;
}

std::int64_t wrongBytesOfUtf8(std::string_view text) {
    return countUtf8(text).wrong;
}

std::string guessEncoding(std::string_view sample) {
    for (const char* marked : {"utf-8", "utf-16le", "utf-16be"})
        if (markLength(sample, marked) > 0) return marked;
    if (const auto utf16 = utf16ByZeros(sample); !utf16.empty()) return std::string(utf16);
    const Utf8Counts counts = countUtf8(sample);
    if (counts.wrong <= counts.characters) return "utf-8";
    const std::string guess = hasFrequencies(sample) ? byFrequencies(sample) : "";
    const auto& known = textEncodings();
    const auto isKnown =
        std::any_of(known.begin(), known.end(), [&](const Choice& c) { return c.key == guess; });
    return isKnown && guess != "utf-8" ? guess : "cp1252";
}

TextDecoder::TextDecoder(const std::string& encoding) {
    const iconv_t opened = iconv_open("UTF-8", encoding.c_str());
    if (opened == reinterpret_cast<iconv_t>(-1))
        throw std::runtime_error("iconv does not know the encoding " + encoding);
    converter_.reset(opened, [](void* c) { iconv_close(c); });
}

void TextDecoder::decode(std::string_view piece, bool last, std::string& utf8) {
    std::string bytes = std::exchange(cutOff_, {});
    bytes += piece;
    char* from = bytes.data();
    std::size_t left = bytes.size();
    std::array<char, 1 << 14> buffer;
    while (left > 0) {
        char* to = buffer.data();
        std::size_t room = buffer.size();
        const std::size_t result = iconv(converter_.get(), &from, &left, &to, &room);
        const int why = errno;
        utf8.append(buffer.data(), buffer.size() - room);
        if (result != static_cast<std::size_t>(-1) || why == E2BIG) continue;
        if (why == EINVAL && !last) {
            cutOff_.assign(from, left);
            return;
        }
        utf8 += "\xef\xbf\xbd";
        ++wrong_;
        ++from;
        --left;
    }
}

} // namespace burdock
