#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burdock {

/// Cuts text into tokens, numbered from 0, and puts them together again.
class Tokenizer {
  public:
    virtual ~Tokenizer() = default;
    virtual std::int64_t size() const = 0; ///< of the vocabulary
    /// What the vocabulary has no token for is left out.
    virtual std::vector<std::int64_t> encode(std::string_view text) const = 0;
    /// The bytes a token stands for; they need not be whole characters.
    virtual std::string_view text(std::int64_t token) const = 0;

    std::string decode(std::span<const std::int64_t> tokens) const;
    /// For people: the token's text, with white space and bytes that are no text written out.
    std::string name(std::int64_t token) const;
};

} // namespace burdock
