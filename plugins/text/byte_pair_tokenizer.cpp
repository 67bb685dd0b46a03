#include "byte_pair_tokenizer.h"

#include "engine/data/reading.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace burdock {
namespace {

enum class Kind { Letter, Digit, Space, Other };

/// Bytes beyond ASCII belong to letters.
Kind kindOf(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) return Kind::Letter;
    if (byte >= '0' && byte <= '9') return Kind::Digit;
    if (byte == ' ' || (byte >= '\t' && byte <= '\r')) return Kind::Space;
    return Kind::Other;
}

/// The next word: a run of one kind; a single space belongs to the word after it.
std::string_view nextWord(std::string_view text) {
    std::size_t end = 0;
    if (text[0] == ' ' && text.size() > 1 && kindOf(text[1]) != Kind::Space) end = 1;
    const Kind kind = kindOf(text[end]);
    while (end < text.size() && kindOf(text[end]) == kind) {
        // A space before a word is that word's.
        if (kind == Kind::Space && end > 0 && text[end] == ' ' && end + 1 < text.size() &&
            kindOf(text[end + 1]) != Kind::Space)
            break;
        ++end;
    }
    return text.substr(0, end);
}

using Tokens = std::vector<std::int32_t>;

Tokens bytesOf(std::string_view word) {
    Tokens tokens;
    for (const char c : word)
        tokens.push_back(static_cast<unsigned char>(c));
    return tokens;
}

/// Joins each pair (a, b) from the left.
void join(Tokens& tokens, std::pair<std::int32_t, std::int32_t> pair, std::int32_t joined) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i, ++kept) {
        const bool hit = i + 1 < tokens.size() && tokens[i] == pair.first && tokens[i + 1] == pair.second;
        tokens[kept] = hit ? joined : tokens[i];
        if (hit) ++i;
    }
    tokens.resize(kept);
}

} // namespace

BytePairTokenizer::BytePairTokenizer(std::string_view text, std::int64_t vocabulary) {
    for (int byte = 0; byte < 256; ++byte)
        texts_.emplace_back(1, static_cast<char>(byte));
    std::unordered_map<std::string_view, std::int64_t> counts;
    while (!text.empty()) {
        const std::string_view word = nextWord(text);
        ++counts[word];
        text.remove_prefix(word.size());
    }
    struct Word {
        Tokens tokens;
        std::int64_t count;
    };
    std::vector<Word> words;
    // How often each pair occurs, and in which words it may be found: each of them once, or going through
    // them would double the lists again and again. A pair without what was joined last stood in its word
    // before.
    std::map<Pair, std::int64_t> frequency;
    std::map<Pair, std::vector<std::size_t>> places;
    const auto countPairs = [&](std::size_t index, std::int64_t sign) {
        const Word& w = words[index];
        for (std::size_t i = 0; i + 1 < w.tokens.size(); ++i) {
            const Pair pair{w.tokens[i], w.tokens[i + 1]};
            if ((frequency[pair] += sign * w.count) <= 0) frequency.erase(pair);
        }
    };
    const auto listPairs = [&](std::size_t index, std::optional<std::int32_t> joined) {
        const Tokens& tokens = words[index].tokens;
        for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
            if (joined && tokens[i] != joined && tokens[i + 1] != joined) continue;
            auto& list = places[{tokens[i], tokens[i + 1]}];
            if (list.empty() || list.back() != index) list.push_back(index);
        }
    };
    for (const auto& [word, count] : counts)
        if (word.size() > 1) words.push_back({bytesOf(word), count});
    for (std::size_t i = 0; i < words.size(); ++i) {
        countPairs(i, 1);
        listPairs(i, std::nullopt);
    }
    while (size() < vocabulary && !frequency.empty()) {
        continueReading();
        const auto most = std::ranges::max_element(frequency, [](const auto& a, const auto& b) {
            return a.second < b.second;
        }); // the first of equals
        if (most->second < 2) break;
        const Pair pair = most->first;
        const auto token = static_cast<std::int32_t>(size());
        joined_[pair] = token;
        texts_.push_back(texts_[static_cast<std::size_t>(pair.first)] +
                         texts_[static_cast<std::size_t>(pair.second)]);
        for (const std::size_t index : std::exchange(places[pair], {})) {
            countPairs(index, -1);
            join(words[index].tokens, pair, token);
            countPairs(index, 1);
            listPairs(index, token);
        }
    }
}

std::vector<std::int64_t> BytePairTokenizer::encode(std::string_view text) const {
    std::unordered_map<std::string_view, Tokens> known;
    std::vector<std::int64_t> all;
    while (!text.empty()) {
        const std::string_view word = nextWord(text);
        auto [it, fresh] = known.try_emplace(word);
        if (fresh) {
            continueReading();
            Tokens& tokens = it->second = bytesOf(word);
            while (tokens.size() > 1) {
                const std::pair<const Pair, std::int32_t>* next = nullptr;
                for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
                    if (const auto hit = joined_.find({tokens[i], tokens[i + 1]});
                        hit != joined_.end() && (!next || hit->second < next->second))
                        next = &*hit;
                if (!next) break;
                join(tokens, next->first, next->second);
            }
        }
        all.insert(all.end(), it->second.begin(), it->second.end());
        text.remove_prefix(word.size());
    }
    return all;
}

} // namespace burdock
