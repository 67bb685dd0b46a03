#include "engine/train/generator.h"

#include "engine/tensor/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace burdock {

const ParamTable<GenerateOptions>& GenerateOptions::table() {
    static const ParamTable<GenerateOptions> all = [] {
        ParamTable<GenerateOptions> t;
        t.add(&GenerateOptions::tokens, {.key = "tokens",
                                         .label = "Tokens",
                                         .minimum = 1,
                                         .maximum = 1e6,
                                         .doc = "How many tokens are written."});
        t.add(&GenerateOptions::temperature,
              {.key = "temperature",
               .label = "Temperature",
               .minimum = 0,
               .maximum = 100,
               .doc =
                   "Below 1 it keeps to what is likely, above it dares more; 0 always takes the likeliest."});
        t.add(&GenerateOptions::topK,
              {.key = "top_k",
               .label = "Top k",
               .minimum = 0,
               .maximum = 1 << 24,
               .doc = "Chooses among so many of the likeliest tokens; 0: among all."});
        t.add(&GenerateOptions::seed, {.key = "seed",
                                       .label = "Seed",
                                       .minimum = 0,
                                       .maximum = 1e9,
                                       .doc = "The same seed gives the same text."});
        return t;
    }();
    return all;
}

namespace {

/// The token at `chance` (0..1) of the probabilities, sharpened by the temperature.
std::int64_t choose(const std::vector<float>& probabilities, const GenerateOptions& options, double chance) {
    std::vector<std::int64_t> order(probabilities.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
        return probabilities[static_cast<std::size_t>(a)] > probabilities[static_cast<std::size_t>(b)];
    });
    if (options.temperature == 0) return order[0];
    if (options.topK > 0 && options.topK < static_cast<std::int64_t>(order.size()))
        order.resize(static_cast<std::size_t>(options.topK));
    const double top = static_cast<double>(probabilities[static_cast<std::size_t>(order[0])]);
    std::vector<double> shares;
    double total = 0;
    for (const std::int64_t token : order) {
        const double p = static_cast<double>(probabilities[static_cast<std::size_t>(token)]);
        shares.push_back(std::pow(p / top, 1 / options.temperature));
        total += shares.back();
    }
    double left = chance * total;
    for (std::size_t i = 0; i < order.size(); ++i)
        if ((left -= shares[i]) < 0) return order[i];
    return order[0];
}

} // namespace

std::string usualPrompt(const Dataset& data) {
    const Tokenizer* tokenizer = data.tokenizer();
    return tokenizer && tokenizer->encode("\n").empty() ? std::string(tokenizer->text(0)) : "\n";
}

Status generateText(Predictor& network, const Dataset& data, std::string_view prompt,
                    const GenerateOptions& options, const std::function<bool(std::string_view)>& write) {
    const Tokenizer* tokenizer = data.tokenizer();
    Diagnostic d;
    d.where = data.info().title;
    if (!tokenizer || !data.info().task->generates) {
        d.code = "generate.task";
        d.what = "The network was not trained on a text.";
        d.mend = "Choose a run that tells the next token.";
        return refuse(std::move(d));
    }
    const std::vector<std::int64_t> begun = tokenizer->encode(prompt);
    if (begun.empty()) {
        d.code = "generate.prompt";
        d.what = "The prompt has no token that the network knows.";
        d.mend = "Begin with a few words as they stand in the text.";
        return refuse(std::move(d));
    }
    std::vector<float> tokens(begun.begin(), begun.end());
    const auto context = static_cast<std::size_t>(data.info().input.size());
    const auto vocabulary = static_cast<std::size_t>(data.info().targets);
    const std::uint64_t key = deriveKey(static_cast<std::uint64_t>(options.seed), "generate");
    for (std::int64_t i = 0; i < options.tokens; ++i) {
        if (tokens.size() > context) tokens.erase(tokens.begin(), tokens.end() - static_cast<long>(context));
        std::vector<float> window = tokens; // what stands behind the last token is not looked at
        window.resize(context);
        const auto everywhere = network.predict(window);
        const auto last = everywhere.begin() + static_cast<long>((tokens.size() - 1) * vocabulary);
        const std::vector<float> probabilities(last, last + static_cast<long>(vocabulary));
        if (!std::ranges::all_of(probabilities, [](float p) { return std::isfinite(p); })) {
            d.code = "generate.not-finite";
            d.what = "The network's probabilities are not finite numbers.";
            d.mend = "Train it again with a learning rate ten times smaller.";
            return refuse(std::move(d));
        }
        const auto token = choose(probabilities, options, randomUniform(key, static_cast<std::uint64_t>(i)));
        if (!write(tokenizer->text(token))) break;
        tokens.push_back(static_cast<float>(token));
    }
    return {};
}

} // namespace burdock
