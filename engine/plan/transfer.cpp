#include "engine/plan/transfer.h"

#include "engine/tensor/dims_text.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>

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

/// Makes an array's values fit; `present` are the store's own, of which a table keeps the rows that the
/// source has not.
using Adapter = std::function<Adapted(std::vector<float> values, std::vector<float> present)>;

/// By the sizes alone, before any value is read.
std::optional<Adapter> adapterFor(const WeightSpec& spec, const Dims& from) {
    const Dims& to = spec.dims;
    if (meanTheSame(from, to))
        return [](std::vector<float> values, const std::vector<float>&) {
            return Adapted{std::move(values), "the same values in another shape"};
        };
    const bool alike = from.size() == to.size() && from.size() >= 2;
    if (!alike) return std::nullopt;
    if (spec.rowsArePlaces && std::equal(from.begin() + 1, from.end(), to.begin() + 1))
        return [had = from[0], wanted = to[0]](const std::vector<float>& values, std::vector<float> present) {
            const std::int64_t rows = std::min(had, wanted);
            const auto width = static_cast<std::int64_t>(present.size()) / std::max<std::int64_t>(1, wanted);
            std::copy_n(values.begin(), rows * width, present.begin());
            return Adapted{std::move(present),
                           "rows 1 to " + std::to_string(rows) + " of " + std::to_string(had)};
        };
    const bool filters = from.size() >= 3 && from[0] == to[0] &&
                         std::equal(from.begin() + 2, from.end(), to.begin() + 2) &&
                         (from[1] == 1 || to[1] == 1);
    if (!filters) return std::nullopt;
    return [from, to](const std::vector<float>& values, const std::vector<float>&) {
        const std::int64_t inner = sizeOf(std::span(to).subspan(2));
        return Adapted{overChannels(values, to[0], from[1], to[1], inner),
                       to[1] == 1 ? "summed over " + std::to_string(from[1]) + " channels"
                                  : "shared out over " + std::to_string(to[1]) + " channels"};
    };
}

} // namespace

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
    const auto places = placesByName(source);
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
        const bool same = found.dims == spec.dims;
        const std::optional<Adapter> adapt = same ? std::nullopt : adapterFor(spec, found.dims);
        if (!same && !adapt) {
            report.fresh.push_back({name, spec.dims, "its array is " + dimsText(found.dims)});
            continue;
        }
        auto values = source.read(at);
        if (!values) return refuse(values.error());
        if (values->size() != static_cast<std::size_t>(sizeOf(found.dims)))
            return refuse(tooFewValues(found, values->size()));
        used[at] = true;
        if (same) {
            store.setValues(i, *values);
            report.taken.push_back({name, spec.dims});
            continue;
        }
        const Adapted made = (*adapt)(std::move(*values), store.valuesOf(i));
        store.setValues(i, made.values);
        report.adapted.push_back({name, spec.dims, made.how});
    }
    for (std::size_t k = 0; k < entries.size(); ++k)
        if (!used[k]) report.leftOver.push_back({entries[k].name, entries[k].dims});
    store.changed();
    return report;
}

} // namespace burdock
