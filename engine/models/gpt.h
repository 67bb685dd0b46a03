#pragma once

#include "engine/graph/graph.h"

namespace burdock {

/// The sizes of a GPT.
struct GptSize {
    std::int64_t blocks = 4;
    std::int64_t heads = 4;
    std::int64_t width = 128;
    std::int64_t context = 64;
    std::int64_t vocabulary = 75;
    bool tied = true; ///< the output layer is the table of the embedding
};

/// A decoder-only transformer as GPT-2's (Radford et al., 2019): token and position embeddings, `blocks`
/// blocks that normalise first, a last normalisation and the output layer, without a bias. Tokens {context,
/// 1, 1} to probabilities {1, context, vocabulary}. No dropout.
Graph gpt(std::string name, const GptSize& size);

} // namespace burdock
