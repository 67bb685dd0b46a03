#include "text_dataset.h"

#include "byte_pair_tokenizer.h"
#include "character_tokenizer.h"
#include "engine/data/new_tokens.h"
#include "engine/schema/param_table.h"
#include "files/content_hash.h"
#include "files/count_text.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "files/text_encoding.h"

namespace burdock {
namespace {

constexpr std::uint64_t mostBytes = 1u << 30;

enum class Tokens { Characters, BytePair };

struct TextOptions {
    Tokens tokens = Tokens::Characters;
    std::int64_t vocabulary = 1024;
    std::int64_t context = 64;
    std::int64_t stride = 0;
};

const ParamTable<TextOptions>& table() {
    static const ParamTable<TextOptions> all = [] {
        ParamTable<TextOptions> t;
        t.addChoice(&TextOptions::tokens,
                    {.key = "tokens", .label = "Tokens", .doc = "What the text is cut into."},
                    {{"characters", "Characters", "Each character is a token."},
                     {"byte-pair", "Byte pairs",
                      "Parts of words that occur often, learned from the training part."}});
        t.add(&TextOptions::vocabulary, {.key = "vocabulary",
                                         .label = "Vocabulary",
                                         .minimum = 257,
                                         .maximum = 65536,
                                         .doc = "How many tokens; the 256 bytes are among them.",
                                         .onlyIfKey = "tokens",
                                         .onlyIfValue = "byte-pair"});
        t.add(&TextOptions::context, {.key = "context",
                                      .label = "Context",
                                      .minimum = 1,
                                      .maximum = 1 << 20,
                                      .unit = "tokens",
                                      .doc = "Tokens of a sample: what the network sees at once."});
        t.add(&TextOptions::stride,
              {.key = "stride",
               .label = "Stride",
               .minimum = 0,
               .maximum = 1 << 20,
               .unit = "tokens",
               .doc = "From the start of one sample to the next; 0: the context, so that an epoch reads the "
                      "text once. If less, validation samples overlap training samples.",
               .advanced = true});
        return t;
    }();
    return all;
}

/// A text in UTF-8, without a byte order mark.
struct DecodedText {
    std::string text;
    std::string how; ///< the encoding it was in; empty for plain UTF-8, which is read as it is
};

/// What was guessed and what is no character goes to `notes`.
DecodedText decoded(const std::string& bytes, std::vector<std::string>& notes) {
    const std::string encoding = guessEncoding(std::string_view(bytes).substr(0, 1u << 26));
    const std::size_t mark = markLength(bytes, encoding);
    TextDecoder decoder(encoding);
    std::string text;
    text.reserve(bytes.size());
    decoder.decode(std::string_view(bytes).substr(mark), true, text);
    if (encoding != "utf-8") notes.push_back("The text is no UTF-8 and was taken for " + encoding + ".");
    if (decoder.wrong() > 0)
        notes.push_back(std::to_string(decoder.wrong()) + (decoder.wrong() == 1 ? " byte is" : " bytes are") +
                        " no character of " + encoding + " and stand as U+FFFD.");
    if (encoding == "utf-8" && mark == 0 && decoder.wrong() == 0) return {std::move(text), ""};
    return {std::move(text), encoding + (mark > 0 ? " with a byte order mark" : "")};
}

/// What the end of a text goes on with.
class TextEnd final : public NewTokens {
  public:
    TextEnd(std::vector<std::int64_t> tokens, std::int64_t known, std::string name,
            std::vector<std::string> notes)
        : tokens_(std::move(tokens))
        , known_(known)
        , name_(std::move(name))
        , notes_(std::move(notes)) {}
    std::int64_t size() const override { return 1; }
    std::int64_t tokens(std::int64_t) const override { return known_; }
    void readInput(std::int64_t, float* values) const override {
        std::copy(tokens_.begin(), tokens_.end(), values);
    }
    std::string name(std::int64_t) const override { return name_; }
    const std::vector<std::string>& notes() const override { return notes_; }

  private:
    std::vector<std::int64_t> tokens_; ///< as many as the context
    std::int64_t known_;               ///< of them
    std::string name_;
    std::vector<std::string> notes_;
};

class TextDataset final : public Dataset {
  public:
    TextDataset(DatasetInfo info, std::unique_ptr<const Tokenizer> tokenizer, std::int64_t stride,
                std::vector<std::int64_t> train, std::vector<std::int64_t> test)
        : info_(std::move(info))
        , tokenizer_(std::move(tokenizer))
        , stride_(stride)
        , train_(train.begin(), train.end())
        , test_(test.begin(), test.end()) {
        info_.trainSize = windows(train_);
        info_.testSize = windows(test_);
    }
    const DatasetInfo& info() const override { return info_; }
    const Tokenizer* tokenizer() const override { return tokenizer_.get(); }
    void readInput(Part part, std::int64_t index, float* values) const override { copy(part, index, values); }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        copy(part, index, values, 1);
    }
    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path& path) const override;

  private:
    std::int64_t windows(const std::vector<std::uint32_t>& tokens) const {
        const auto spare = static_cast<std::int64_t>(tokens.size()) - info_.input.channels - 1;
        return spare < 0 ? 0 : spare / stride_ + 1;
    }
    void copy(Part part, std::int64_t index, float* values, std::int64_t offset = 0) const {
        const auto& tokens = part == Part::Train ? train_ : test_;
        std::copy_n(tokens.begin() + index * stride_ + offset, info_.input.channels, values);
    }

    DatasetInfo info_;
    std::unique_ptr<const Tokenizer> tokenizer_;
    std::int64_t stride_;
    std::vector<std::uint32_t> train_, test_;
};

Result<std::shared_ptr<const NewSamples>> TextDataset::readNew(const std::filesystem::path& path) const {
    auto read = readWhole(path, mostBytes);
    if (!read) return tl::unexpected(read.error());
    std::vector<std::string> notes;
    const std::string text = decoded(*read, notes).text;
    std::vector<std::int64_t> tokens = tokenizer_->encode(text);
    if (tokens.empty())
        return refuseFile(path, "text.tokens", "The text has no token that the network knows.",
                          text.empty() ? "It is empty." : "",
                          "Give a text in the characters of the one it was trained on.");
    std::size_t known = 0;
    for (const std::int64_t token : tokens)
        known += tokenizer_->text(token).size();
    if (known < text.size())
        notes.push_back(countText(static_cast<std::int64_t>(text.size() - known), "byte") +
                        " of characters that the network does not know are left out.");
    const std::int64_t count = std::ssize(tokens), context = info_.input.channels;
    if (count > context) {
        notes.push_back("Of " + std::to_string(count) + " tokens the network sees the last " +
                        std::to_string(context) + ".");
        tokens.erase(tokens.begin(), tokens.end() - context);
    }
    tokens.resize(static_cast<std::size_t>(context));
    return std::make_shared<TextEnd>(std::move(tokens), std::min(count, context), path.filename().string(),
                                     std::move(notes));
}

} // namespace

Result<std::shared_ptr<const Dataset>> openText(const std::filesystem::path& path,
                                                const ParamValues& values) {
    const TextOptions options = table().read(values);
    auto read = readWhole(path, mostBytes);
    if (!read) return tl::unexpected(read.error());
    DatasetInfo info;
    const auto [text, how] = decoded(*read, info.notes);
    info.sha256 = sha256Hex({*read, how}); // tokens of the same bytes differ by how they are decoded
    std::size_t border = text.size() / 10 * 9;
    while (border < text.size() && (static_cast<unsigned char>(text[border]) & 0xc0) == 0x80)
        ++border;
    const std::string_view train = std::string_view(text).substr(0, border),
                           test = std::string_view(text).substr(border);

    std::unique_ptr<const Tokenizer> tokenizer;
    if (options.tokens == Tokens::Characters)
        tokenizer = std::make_unique<CharacterTokenizer>(text);
    else
        tokenizer = std::make_unique<BytePairTokenizer>(train, options.vocabulary);
    auto trainTokens = tokenizer->encode(train), testTokens = tokenizer->encode(test);
    if (static_cast<std::int64_t>(trainTokens.size()) <= options.context)
        return refuseFile(path, "text.short", "The text is shorter than the context.",
                          "It has " + std::to_string(trainTokens.size()) + " tokens to train on.",
                          "Choose a longer text, or a context below that.");
    info.id = path.string();
    info.title = nameWithoutEnding(path);
    info.source = std::filesystem::absolute(path).string();
    info.task = Task::NextToken;
    info.input = {options.context, 1, 1};
    info.targets = tokenizer->size();
    for (std::int64_t i = 0; i < tokenizer->size(); ++i)
        info.classNames.push_back(tokenizer->name(i));
    info.doc = std::to_string(trainTokens.size() + testTokens.size()) + " tokens of " +
               std::to_string(tokenizer->size()) + " kinds; the last tenth is the test part.";
    const std::int64_t stride = options.stride > 0 ? options.stride : options.context;
    return std::make_shared<TextDataset>(std::move(info), std::move(tokenizer), stride,
                                         std::move(trainTokens), std::move(testTokens));
}

const std::vector<ParamSpec>& textParams() {
    return table().specs();
}

} // namespace burdock
