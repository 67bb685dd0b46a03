#pragma once

#include "engine/data/tokenizer.h"

#include <map>

namespace burdock {

/// One token for each character that occurs in a text, in the order of their code points.
class CharacterTokenizer final : public Tokenizer {
  public:
    /// `text` is UTF-8.
    explicit CharacterTokenizer(std::string_view text);

    std::int64_t size() const override { return static_cast<std::int64_t>(characters_.size()); }
    std::vector<std::int64_t> encode(std::string_view text) const override;
    std::string_view text(std::int64_t token) const override {
        return characters_[static_cast<std::size_t>(token)];
    }

  private:
    std::vector<std::string> characters_;
    std::map<std::string, std::int64_t, std::less<>> numbers_;
};

} // namespace burdock
