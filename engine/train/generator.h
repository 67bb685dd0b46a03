#pragma once

#include "engine/data/tokenizer.h"
#include "engine/train/predictor.h"

namespace burdock {

/// How the next token is chosen from its probabilities.
struct GenerateOptions {
    std::int64_t tokens = 200;
    double temperature = 0.8; ///< below 1 likely tokens become likelier still; 0: always the likeliest
    std::int64_t topK = 0;    ///< choose among so many of the likeliest; 0: among all
    std::int64_t seed = 1;

    static const ParamTable<GenerateOptions>& table();
};

/// What a text begins with if nothing is given: a line break, or the vocabulary's first token where it
/// has none.
std::string usualPrompt(const Dataset& data);

/// Writes on from `prompt`, token by token: each is drawn from what the network expects after as many of the
/// last tokens as it sees at once. `write` gets the bytes of each token and ends the work by returning false.
/// The same arguments give the same text. For networks that
/// look back only. Refuses a prompt that has no token of the vocabulary.
Status generateText(Predictor& network, const Dataset& data, std::string_view prompt,
                    const GenerateOptions& options, const std::function<bool(std::string_view)>& write);

} // namespace burdock
