#include "engine/plan/transfer.h"

#include "engine/tensor/dims_text.h"

#include <algorithm>
#include <unordered_map>

namespace burdock {
namespace {

using Dims = std::vector<std::int64_t>;

/// Whether the values mean the same in both shapes: dims of 1 may follow the last, or a single one may come
/// before a matrix or more, such as a batch of tables. Anything else would make outputs of inputs.
bool meanTheSame(const Dims& a, const Dims& b) {
    const Dims &shorter = a.size() < b.size() ? a : b, &longer = a.size() < b.size() ? b : a;
    const auto isOne = [](std::int64_t dim) { return dim == 1; };
    const auto more = static_cast<std::ptrdiff_t>(longer.size() - shorter.size());
    const auto end = longer.begin() + static_cast<std::ptrdiff_t>(shorter.size());
    if (std::equal(shorter.begin(), shorter.end(), longer.begin()) && std::all_of(end, longer.end(), isOne))
        return true;
    return more == 1 && shorter.size() >= 2 && longer.front() == 1 &&
           std::equal(shorter.begin(), shorter.end(), longer.begin() + 1);
}

Diagnostic tooFewValues(const TensorSource::Entry& entry, std::size_t values) {
    Diagnostic d;
    d.code = "weights.damaged";
    d.where = entry.name;
    d.what = "Its array does not hold the values that its sizes tell.";
    d.why = dimsText(entry.dims) + " would be " + std::to_string(sizeOf(entry.dims)) +
            " values, and there are " + std::to_string(values) + ".";
    d.mend = "Use other weights.";
    return d;
}

struct Adapted {
    std::vector<float> values;
    std::string how;
};

/// Filters (out, in, …) over `to` channels from those over `from`, where one of both is a single channel: the
/// answer to a grey picture stays what it was to the same picture with equal colours.
std::vector<float> overChannels(const std::vector<float>& values, std::int64_t filters, std::int64_t from,
                                std::int64_t to, std::int64_t inner) {
    std::vector<float> made(static_cast<std::size_t>(filters * to * inner));
    for (std::int64_t f = 0; f < filters; ++f)
        for (std::int64_t i = 0; i < inner; ++i) {
            float sum = 0;
            for (std::int64_t c = 0; c < from; ++c)
                sum += values[static_cast<std::size_t>((f * from + c) * inner + i)];
            for (std::int64_t c = 0; c < to; ++c)
                made[static_cast<std::size_t>((f * to + c) * inner + i)] = sum / static_cast<float>(to);
        }
    return made;
}

/// `present`: the store's own values, of which a table keeps the rows that the source has not.
std::optional<Adapted> adapt(const WeightSpec& spec, const Dims& from, const std::vector<float>& values,
                             std::vector<float> present) {
    const Dims& to = spec.dims;
    if (meanTheSame(from, to)) return Adapted{values, "the same values in another shape"};
    const bool alike = from.size() == to.size() && from.size() >= 2;
    if (!alike) return std::nullopt;
    if (spec.rowsArePlaces && std::equal(from.begin() + 1, from.end(), to.begin() + 1)) {
        const std::int64_t rows = std::min(from[0], to[0]);
        const auto width = static_cast<std::int64_t>(present.size()) / std::max<std::int64_t>(1, to[0]);
        std::copy_n(values.begin(), rows * width, present.begin());
        return Adapted{std::move(present),
                       "rows 1 to " + std::to_string(rows) + " of " + std::to_string(from[0])};
    }
    const bool filters = from.size() >= 3 && from[0] == to[0] &&
                         std::equal(from.begin() + 2, from.end(), to.begin() + 2) &&
                         (from[1] == 1 || to[1] == 1);
    if (!filters) return std::nullopt;
    std::int64_t inner = 1;
    for (std::size_t i = 2; i < to.size(); ++i)
        inner *= to[i];
    return Adapted{overChannels(values, to[0], from[1], to[1], inner),
                   to[1] == 1 ? "summed over " + std::to_string(from[1]) + " channels"
                              : "shared out over " + std::to_string(to[1]) + " channels"};
}

} // namespace

WeightSetSource::WeightSetSource(const WeightSet& weights)
    : weights_(weights) {
    for (const NamedTensor& tensor : weights.tensors)
        entries_.push_back({tensor.name, tensor.dims});
}

Result<std::vector<float>> WeightSetSource::read(std::size_t index) const {
    return weights_.tensors[index].values;
}

std::string summaryOf(const TransferReport& report) {
    const auto count = [](const std::vector<TransferReport::Line>& lines, const char* what) {
        return std::to_string(lines.size()) + " " + what;
    };
    return count(report.taken, report.taken.size() == 1 ? "array taken, " : "arrays taken, ") +
           count(report.adapted, "adapted, ") + count(report.fresh, "fresh, ") +
           count(report.leftOver, "left over");
}

Result<TransferReport> loadPartially(ParameterStore& store, const TensorSource& source) {
    TransferReport report;
    const auto& entries = source.entries();
    std::vector<bool> used(entries.size(), false);
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t k = 0; k < entries.size(); ++k)
        places.emplace(entries[k].name, k);
    for (std::size_t i = 0; i < store.entries().size(); ++i) {
        const WeightSpec& spec = store.entries()[i].spec;
        const std::string& name = store.entries()[i].name;
        const auto place = places.find(name);
        if (place == places.end()) {
            report.fresh.push_back({name, spec.dims, "the weights have no such array"});
            continue;
        }
        const std::size_t at = place->second;
        const TensorSource::Entry& found = entries[at];
        auto values = source.read(at);
        if (!values) return refuse(values.error());
        if (values->size() != static_cast<std::size_t>(sizeOf(found.dims)))
            return refuse(tooFewValues(found, values->size()));
        if (found.dims == spec.dims) {
            used[at] = true;
            store.setValues(i, *values);
            report.taken.push_back({name, spec.dims});
        } else if (const auto made = adapt(spec, found.dims, *values, store.valuesOf(i))) {
            used[at] = true;
            store.setValues(i, made->values);
            report.adapted.push_back({name, spec.dims, made->how});
        } else {
            report.fresh.push_back({name, spec.dims, "its array is " + dimsText(found.dims)});
        }
    }
    for (std::size_t k = 0; k < entries.size(); ++k)
        if (!used[k]) report.leftOver.push_back({entries[k].name, entries[k].dims});
    store.changed();
    return report;
}

} // namespace burdock
