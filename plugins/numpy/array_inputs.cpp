#include "array_inputs.h"

#include "array_items.h"
#include "engine/tensor/dims_text.h"
#include "engine/train/free_memory.h"
#include "files/number_offset.h"

#include <array>
#include <limits>

namespace burdock {
namespace {

bool isChannels(std::int64_t size) {
    return size == 1 || size == 3 || size == 4;
}

/// Whether the channels of N × a × b × c come last.
bool channelsLast(const std::vector<std::int64_t>& shape, ArrayLayout layout) {
    if (layout != ArrayLayout::Auto) return layout == ArrayLayout::ChannelsLast;
    if (isChannels(shape[3]) != isChannels(shape[1])) return isChannels(shape[3]);
    return shape[3] <= shape[1];
}

bool looksLikeSequence(const std::vector<std::int64_t>& shape) {
    constexpr std::int64_t mostFeatures = 12;
    return shape[2] <= mostFeatures && 2 * shape[2] <= shape[1];
}

/// Tells of a value's place which channel it is of: of a sequence, which feature.
class ChannelOf {
  public:
    explicit ChannelOf(const Shape& shape)
        : size_(shape.size())
        , each_(shape.isSequence() ? 1 : shape.area())
        , count_(shape.isSequence() ? shape.width : shape.channels) {}
    std::size_t count() const { return static_cast<std::size_t>(count_); }
    std::size_t operator()(std::int64_t place) const {
        return static_cast<std::size_t>(place % size_ / each_ % count_);
    }

  private:
    std::int64_t size_, each_, count_;
};

} // namespace

Result<InputPlan> planInput(const ArrayFile& array, ArrayLayout layout) {
    if (!array.header) return refuse(array.header.error());
    const auto& shape = array.header->shape;
    const std::int64_t rank = array.header->rank();
    const auto refused = [&](std::string what, std::string mend) {
        return refuseFile(array.where, "npz.input", std::move(what), "It is " + array.header->text() + ".",
                          std::move(mend));
    };
    if (array.header->isText())
        return refused("The input is text, not numbers.", "Name an array of numbers: the option input=NAME.");
    if (rank < 1 || rank > 4)
        return refused("The input has " + std::to_string(rank) + " axes.",
                       "Give samples × features, samples × height × width, or those with channels.");
    if (layout == ArrayLayout::Sequence && rank != 3)
        return refused("A sequence has three axes.", "Give samples × positions × features.");
    InputPlan plan;
    plan.strides = stridesOf(shape);
    const std::string option = " (layout).";
    if (rank <= 2) {
        plan.shape = {rank == 2 ? shape[1] : 1, 1, 1};
    } else if (rank == 3) {
        const bool sequence =
            layout == ArrayLayout::Sequence || (layout == ArrayLayout::Auto && looksLikeSequence(shape));
        plan.shape = sequence ? Shape::sequence(shape[1], shape[2]) : Shape{1, shape[1], shape[2]};
        if (layout == ArrayLayout::Auto)
            plan.note = "The axes of " + dimsText(shape, " × ") + " are " +
                        (sequence ? "samples, positions and features" : "samples, height and width") + option;
    } else {
        const bool last = channelsLast(shape, layout);
        plan.shape = last ? Shape{shape[3], shape[1], shape[2]} : Shape{shape[1], shape[2], shape[3]};
        if (last) plan.strides = {plan.shape.size(), shape[2], 1, plan.shape.area()};
        if (layout == ArrayLayout::Auto)
            plan.note =
                "The axes of " + dimsText(shape, " × ") + " are " +
                (last ? "samples, height, width and channels" : "samples, channels, height and width") +
                option;
    }
    return plan;
}

namespace {

/// So many are gone over before what was is let go of: 64 MB of floats.
constexpr std::size_t piece = 1 << 24;

template <class T>
Result<LargeArray<T>> arrayFor(const std::filesystem::path& path, std::size_t count) {
    return LargeArray<T>::make(path, "npz", count, mostOfArrays());
}

template <class From, class To>
void copyTo(const LargeArray<From>& from, LargeArray<To>& to, std::size_t at) {
    for (std::size_t first = 0; first < from.size(); first += piece) {
        const std::size_t count = std::min(piece, from.size() - first);
        std::transform(from.data() + first, from.data() + first + count, to.data() + at + first,
                       [](From value) { return static_cast<To>(value); });
        from.release();
        to.release();
    }
}

template <class T>
Status appendTo(const std::filesystem::path& path, LargeArray<T>& to, const LargeArray<T>& from) {
    auto all = arrayFor<T>(path, to.size() + from.size());
    if (!all) return refuse(all.error());
    copyTo(to, *all, 0);
    copyTo(from, *all, to.size());
    to = std::move(*all);
    return {};
}

} // namespace

std::uint64_t mostOfArrays() {
    const auto free = availableMemory();
    return free ? static_cast<std::uint64_t>(*free) / 4 : mostInMemory();
}

Status InputValues::widen(const std::filesystem::path& path) {
    auto wide = arrayFor<float>(path, bytes.size());
    if (!wide) return refuse(wide.error());
    copyTo(bytes, *wide, 0);
    floats = std::move(*wide);
    bytes = {};
    return {};
}

Status InputValues::narrow(const std::filesystem::path& path) {
    if (missing > 0 || least < 0 || most > std::numeric_limits<std::uint8_t>::max()) return {};
    for (std::size_t first = 0; first < floats.size(); first += piece) {
        const std::size_t count = std::min(piece, floats.size() - first);
        const bool whole = std::all_of(floats.data() + first, floats.data() + first + count,
                                       [](float value) { return value == std::floor(value); });
        floats.release();
        if (!whole) return {};
    }
    auto narrow = arrayFor<std::uint8_t>(path, floats.size());
    if (!narrow) return refuse(narrow.error());
    copyTo(floats, *narrow, 0);
    bytes = std::move(*narrow);
    floats = {};
    return {};
}

Status InputValues::append(const std::filesystem::path& path, InputValues from) {
    if (bytes.empty() && floats.empty()) {
        *this = std::move(from);
        return {};
    }
    if (isBytes() != from.isBytes())
        if (auto done = (isBytes() ? *this : from).widen(path); !done) return done;
    auto done = isBytes() ? appendTo(path, bytes, from.bytes) : appendTo(path, floats, from.floats);
    if (!done) return done;
    missing += from.missing;
    least = std::min(least, from.least);
    most = std::max(most, from.most);
    return {};
}

Result<std::vector<double>> findInputOffsets(const ArrayFile& array, const InputPlan& plan) {
    const NpyHeader& header = *array.header;
    const bool exact = header.kind == NpyKind::Float ? header.itemBytes <= 4 : header.itemBytes <= 2;
    if (exact) return std::vector<double>();
    const ChannelOf channelOf(plan.shape);
    std::vector<double> least(channelOf.count(), std::numeric_limits<double>::infinity()),
        most(channelOf.count(), -std::numeric_limits<double>::infinity());
    auto done = withDecoder(header, [&](auto decode) {
        return forEachItem(array, plan.strides, [&](std::int64_t place, const char* bytes) {
            const auto value = static_cast<double>(decode(bytes));
            if (!std::isfinite(value)) return;
            const std::size_t channel = channelOf(place);
            least[channel] = std::min(least[channel], value);
            most[channel] = std::max(most[channel], value);
        });
    });
    if (!done) return refuse(done.error());
    std::vector<double> offsets;
    for (std::size_t i = 0; i < least.size(); ++i)
        offsets.push_back(numberOffset(least[i], most[i]));
    const bool none = std::ranges::all_of(offsets, [](double offset) { return offset == 0; });
    return none ? std::vector<double>() : offsets;
}

Result<InputValues> readInputs(const ArrayFile& array, const InputPlan& plan,
                               const std::vector<double>& offsets) {
    const NpyHeader& header = *array.header;
    const auto count = static_cast<std::size_t>(header.count());
    InputValues values;
    if (offsets.empty() && header.itemBytes == 1 && header.kind != NpyKind::Signed) {
        auto room = arrayFor<std::uint8_t>(array.where, count);
        if (!room) return refuse(room.error());
        values.bytes = std::move(*room);
        std::uint8_t smallest = std::numeric_limits<std::uint8_t>::max(), largest = 0;
        std::size_t taken = 0;
        const bool truth = header.kind == NpyKind::Bool;
        auto done = forEachItem(array, plan.strides, [&](std::int64_t place, const char* bytes) {
            const auto own = static_cast<std::uint8_t>(*bytes),
                       byte = truth && own > 0 ? std::uint8_t{1} : own;
            smallest = std::min(smallest, byte);
            largest = std::max(largest, byte);
            values.bytes[static_cast<std::size_t>(place)] = byte;
            if (++taken % piece == 0) values.bytes.release();
        });
        if (!done) return refuse(done.error());
        values.least = smallest;
        values.most = largest;
        values.bytes.release();
        return values;
    }
    const ChannelOf channelOf(plan.shape);
    auto room = arrayFor<float>(array.where, count);
    if (!room) return refuse(room.error());
    values.floats = std::move(*room);
    std::size_t taken = 0;
    values.least = std::numeric_limits<float>::infinity();
    values.most = -values.least;
    std::int64_t beyond = 0, firstBeyond = -1;
    auto done = withDecoder(header, [&](auto decode) {
        return forEachItem(array, plan.strides, [&](std::int64_t place, const char* bytes) {
            const auto value = static_cast<double>(decode(bytes));
            const auto kept = static_cast<float>(offsets.empty() ? value : value - offsets[channelOf(place)]);
            values.floats[static_cast<std::size_t>(place)] = kept;
            if (++taken % piece == 0) values.floats.release();
            if (std::isnan(kept)) {
                ++values.missing;
            } else if (std::isinf(kept)) {
                if (beyond++ == 0) firstBeyond = place;
            } else {
                values.least = std::min(values.least, kept);
                values.most = std::max(values.most, kept);
            }
        });
    });
    if (!done) return refuse(done.error());
    if (beyond > 0)
        return refuseFile(array.where, "npz.infinite", "The input has values that are infinite as floats.",
                          "There are " + std::to_string(beyond) + ", the first in sample " +
                              std::to_string(firstBeyond / plan.shape.size() + 1) + ".",
                          "Replace them, such as by np.nan where they are missing.");
    values.floats.release();
    if (values.missing == std::ssize(values.floats))
        return refuseFile(array.where, "empty", "The input holds no values.", "All are NaN.",
                          "Give an array with values in it.");
    return values;
}

} // namespace burdock
