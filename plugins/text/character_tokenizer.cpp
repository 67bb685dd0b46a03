#include "character_tokenizer.h"

#include "engine/data/reading.h"
#include "engine/data/utf8.h"

#include <algorithm>

namespace burdock {

namespace {

/// A megabyte of a text after the other.
bool beginsAnother(std::size_t& next, std::size_t at) {
    if (at < next) return false;
    next = at + (1 << 20);
    return true;
}

} // namespace

CharacterTokenizer::CharacterTokenizer(std::string_view text) {
    for (std::size_t i = 0, next = 0; i < text.size();) {
        if (beginsAnother(next, i)) continueReading();
        const std::size_t length = std::max<std::size_t>(utf8Length(text.substr(i)), 1);
        if (const auto character = text.substr(i, length); !numbers_.contains(character))
            numbers_.emplace(character, 0);
        i += length;
    }
    for (auto& [character, number] : numbers_) { // UTF-8 sorts as its code points do
        number = size();
        characters_.push_back(character);
    }
}

std::vector<std::int64_t> CharacterTokenizer::encode(std::string_view text) const {
    std::vector<std::int64_t> tokens;
    tokens.reserve(text.size());
    for (std::size_t i = 0, next = 0; i < text.size();) {
        if (beginsAnother(next, i)) continueReading();
        const std::size_t length = std::max<std::size_t>(utf8Length(text.substr(i)), 1);
        if (const auto it = numbers_.find(text.substr(i, length)); it != numbers_.end())
            tokens.push_back(it->second);
        i += length;
    }
    return tokens;
}

} // namespace burdock
