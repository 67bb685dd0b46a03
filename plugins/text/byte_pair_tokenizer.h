#pragma once

#include "engine/data/tokenizer.h"

#include <map>
#include <unordered_map>

namespace burdock {

/// Byte-pair encoding (Sennrich, Haddow, Birch 2016) over bytes, as in GPT-2: tokens 0 … 255 are the bytes,
/// each further one joins the two that stood side by side most often in the text it was learned from. Words
/// (with the space before them), numbers, punctuation and white space are never joined with each other.
class BytePairTokenizer final : public Tokenizer {
  public:
    /// Learns up to `vocabulary` tokens; fewer where no pair occurs twice any more. Of pairs that occur
    /// equally often the one with the smaller tokens is joined, so that a text gives one vocabulary only.
    BytePairTokenizer(std::string_view text, std::int64_t vocabulary);

    std::int64_t size() const override { return static_cast<std::int64_t>(texts_.size()); }
    std::vector<std::int64_t> encode(std::string_view text) const override;
    std::string_view text(std::int64_t token) const override {
        return texts_[static_cast<std::size_t>(token)];
    }

  private:
    using Pair = std::pair<std::int32_t, std::int32_t>;
    std::vector<std::string> texts_;
    std::map<Pair, std::int32_t> joined_; ///< the token that a pair becomes; lower tokens are joined first
};

} // namespace burdock
