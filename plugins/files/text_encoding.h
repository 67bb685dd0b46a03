#pragma once

#include "engine/schema/param_spec.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace burdock {

/// The encodings that a reader of text offers, by the names that iconv knows; the first is "auto".
const std::vector<Choice>& textEncodings();

/// The encoding of a text by its beginning, one of textEncodings() but "auto": by the byte order mark; as
/// UTF-8 where no more bytes are wrong in it than characters are right; by the frequencies of letters
/// (uchardet); and where these tell nothing, Windows-1252. Plain ASCII is UTF-8.
std::string guessEncoding(std::string_view sample);

/// How many bytes of a byte order mark `text` begins with, in that encoding.
std::size_t markLength(std::string_view text, std::string_view encoding);

/// Where the text is not UTF-8: the number of bytes that are in no character. A character that the end cuts
/// off does not count.
std::int64_t wrongBytesOfUtf8(std::string_view text);

/// Turns bytes of an encoding into UTF-8, piece after piece (iconv). What is no character becomes U+FFFD.
class TextDecoder {
  public:
    /// `encoding` is one of textEncodings(). Throws std::runtime_error where iconv does not know it.
    explicit TextDecoder(const std::string& encoding);
    /// Appends to `utf8`. A character that the piece cuts off is kept for the next one, or is wrong where the
    /// text ends (`last`).
    void decode(std::string_view piece, bool last, std::string& utf8);
    std::int64_t wrong() const { return wrong_; } ///< characters so far that were none

  private:
    std::shared_ptr<void> converter_; ///< an iconv_t
    std::string cutOff_;
    std::int64_t wrong_ = 0;
};

} // namespace burdock
