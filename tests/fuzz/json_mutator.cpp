// Most mutations of bytes leave no JSON. These change a value of the tree, and most of what they make parses.
#include "json_mutator.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace burdock::fuzz {
namespace {

using json = nlohmann::json;

class Mutator {
  public:
    explicit Mutator(unsigned seed)
        : random_(seed) {}

    /// True once in `of` times.
    bool once(std::size_t of) { return below(of) == 0; }
    void mutate(json& root) {
        std::vector<json*> all;
        collect(root, all);
        json& value = *all[below(all.size())];
        const json other = *all[below(all.size())];
        switch (below(value.is_structured() ? 6 : 4)) {
        case 0:
            value = scalar();
            break;
        case 1:
            value = other;
            break;
        case 2:
        case 3:
            nudge(value, other);
            break;
        case 4:
            if (!value.empty()) value.erase(std::next(value.begin(), static_cast<long>(below(value.size()))));
            break;
        default:
            insert(value, once(2) ? other : scalar());
        }
    }

  private:
    std::size_t below(std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
    }
    const std::string& word() { return words()[below(words().size())]; }

    static void collect(json& value, std::vector<json*>& all) {
        all.push_back(&value);
        if (value.is_structured())
            for (json& inner : value)
                collect(inner, all);
    }
    json scalar() {
        static const std::vector<json> values{0,
                                              1,
                                              2,
                                              3,
                                              7,
                                              -1,
                                              255,
                                              4096,
                                              1 << 20,
                                              1LL << 31,
                                              1LL << 32,
                                              1LL << 53,
                                              INT64_MAX,
                                              INT64_MIN,
                                              UINT64_MAX,
                                              0.0,
                                              -0.0,
                                              0.5,
                                              1e-300,
                                              1e300,
                                              -1.5,
                                              true,
                                              false,
                                              nullptr,
                                              json::array({1, 2}),
                                              json::array(),
                                              json::object(),
                                              ""};
        return once(3) ? json(word()) : values[below(values.size())];
    }
    void nudge(json& value, const json& other) {
        if (value.is_number_integer()) {
            const std::int64_t by = once(2) ? 1 : -1;
            value = static_cast<std::int64_t>(value.get<std::uint64_t>() * (once(4) ? 2 : 1) +
                                              static_cast<std::uint64_t>(by));
        } else if (value.is_number_float()) {
            value = value.get<double>() * (once(2) ? -1 : once(2) ? 10 : 0.1);
        } else if (value.is_string()) {
            std::string text = value.get<std::string>();
            const std::size_t size = text.size();
            text.resize(size + 8);
            text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
            value = text;
        } else if (value.is_structured() && !value.empty()) {
            // two of its values change places
            auto first = std::next(value.begin(), static_cast<long>(below(value.size())));
            auto second = std::next(value.begin(), static_cast<long>(below(value.size())));
            std::swap(*first, *second);
        } else {
            value = other;
        }
    }
    void insert(json& value, json inner) {
        if (value.is_object())
            value[word()] = std::move(inner);
        else
            value.insert(std::next(value.begin(), static_cast<long>(below(value.size() + 1))),
                         std::move(inner));
    }

    std::minstd_rand random_;
};

} // namespace
} // namespace burdock::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
    using namespace burdock::fuzz;
    Mutator mutator(seed);
    if (!mutator.once(5)) {
        json root = json::parse(data, data + size, nullptr, /*allow_exceptions=*/false);
        if (!root.is_discarded()) {
            do
                mutator.mutate(root);
            while (mutator.once(2));
            const std::string text = root.dump(-1, ' ', false, json::error_handler_t::replace);
            if (text.size() <= most) {
                std::copy(text.begin(), text.end(), data);
                return text.size();
            }
        }
    }
    return LLVMFuzzerMutate(data, size, most);
}
