#include "engine/plan/parameter_store.h"

#include "engine/plan/initial_values.h"
#include "engine/tensor/dims_text.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/random.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace burdock {
namespace {

Diagnostic mismatch(std::string where, std::string what) {
    Diagnostic d;
    d.code = "weights.mismatch";
    d.where = std::move(where);
    d.what = std::move(what);
    d.mend = "Use weights of a run with the same architecture, or open that run's network on the canvas.";
    return d;
}

} // namespace

std::size_t ParameterStore::declare(std::string name, WeightSpec spec, Layout layout, bool frozen) {
    // The norm is taken over rows, which lie together only where the weight is plain.
    if (layout.dims().empty() || spec.maxNorm > 0) layout = Layout::plain(spec.dims);
    Entry entry{std::move(name), std::move(spec), std::move(layout), 0, 0, frozen};
    entry.floats = static_cast<std::size_t>(entry.layout.floats());
    index_.emplace(entry.name, entries_.size());
    entries_.push_back(std::move(entry));
    return entries_.size() - 1;
}

void ParameterStore::place() {
    learning_ = kept_ = still_ = 0;
    const auto placeAll = [&](std::size_t& end, auto belongs) {
        for (Entry& entry : entries_) {
            if (!belongs(entry)) continue;
            entry.offset = end;
            end += onLines(entry.floats);
        }
    };
    placeAll(learning_, [](const Entry& e) { return e.learns() && e.spec.decays; });
    decaying_ = learning_;
    placeAll(learning_, [](const Entry& e) { return e.learns() && !e.spec.decays; });
    placeAll(kept_, [](const Entry& e) { return !e.spec.isParameter(); });
    placeAll(still_, [](const Entry& e) { return e.spec.isParameter() && e.frozen; });
}

void ParameterStore::allocate() {
    place();
    values_ = AlignedBuffer(learning_);
    gradients_ = AlignedBuffer(learning_);
    statistics_ = AlignedBuffer(kept_);
    frozen_ = AlignedBuffer(still_);
    makeParts();
}

WeightCopy* ParameterStore::copyOf(std::size_t weight, const Layout& layout) {
    if (sameMemory(entries_[weight].layout, layout)) return nullptr;
    copies_.resize(entries_.size());
    for (const auto& copy : copies_[weight])
        if (copy->layout_ == layout) return copy.get();
    copies_[weight].push_back(std::make_unique<WeightCopy>(weight, layout));
    return copies_[weight].back().get();
}

void ParameterStore::allocateCopies() {
    for (const auto& copies : copies_)
        for (const auto& copy : copies) {
            if (copy->values_.data()) continue;
            const Layout& stored = entries_[copy->weight_].layout;
            // All or nothing: a reorder may be refused.
            AlignedBuffer values(static_cast<std::size_t>(copy->layout_.floats()));
            const auto blocks = blockwiseCopy(stored, value(copy->weight_), copy->layout_, values.data());
            copy->copy_ = blocks
                              ? [blocks] { blocks->writeAll(); }
                              : preparedReorder(stored, value(copy->weight_), copy->layout_, values.data());
            copy->blocks_ = blocks;
            copy->version_ = &version_;
            copy->values_ = std::move(values);
        }
    makeParts();
}

/// What is limited to a norm changes once more after the optimizer.
bool ParameterStore::canFollow(const WeightCopy& copy) const {
    const Entry& entry = entries_[copy.weight_];
    return copy.blocks_ && entry.learns() && entry.spec.maxNorm <= 0;
}

void ParameterStore::makeParts() {
    parts_.clear();
    std::vector<std::size_t> learning; // in the order of the block
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].learns()) learning.push_back(i);
    std::ranges::sort(learning, {}, [&](std::size_t i) { return entries_[i].offset; });

    Part part{0, 0};
    const auto endAt = [&](std::size_t end) {
        part.end = end;
        if (part.end > part.begin) parts_.push_back(std::exchange(part, {end, end}));
    };
    for (const std::size_t i : learning) {
        const std::size_t offset = entries_[i].offset, end = offset + onLines(entries_[i].floats);
        std::vector<WeightCopy*> followers;
        std::size_t step = rangeFloats;
        for (std::size_t c = 0; i < copies_.size() && c < copies_[i].size(); ++c) {
            WeightCopy* const copy = copies_[i][c].get();
            if (!canFollow(*copy)) continue;
            followers.push_back(copy);
            step = std::lcm(step, static_cast<std::size_t>(copy->blocks_->block()));
        }
        const auto add = [&](std::size_t from, std::size_t to) {
            for (WeightCopy* const copy : followers) {
                const auto block = static_cast<std::size_t>(copy->blocks_->block());
                const auto first = static_cast<std::int64_t>((from - offset) / block);
                const auto last = static_cast<std::int64_t>((to - offset) / block);
                part.blocks.push_back({copy, first, std::min(last, copy->blocks_->blocks())});
            }
        };
        if (end - part.begin > rangeFloats) endAt(offset);
        std::size_t from = offset;
        for (; from + step < end; from += step) {
            add(from, from + step);
            endAt(from + step);
        }
        add(from, end);
    }
    endAt(learning_);
}

void ParameterStore::moveValues(const std::function<void(std::size_t, std::size_t)>& move) {
    const auto count = static_cast<std::int64_t>(parts_.size());
    forEach(count, count > 4, [&](std::int64_t p) {
        const Part& part = parts_[static_cast<std::size_t>(p)];
        move(part.begin, part.end);
        follow(part);
    });
    followed_ = true;
}

void ParameterStore::follow(const Part& part) {
    for (const Part::Blocks& blocks : part.blocks)
        if (blocks.copy->used_) blocks.copy->blocks_->write(blocks.first, blocks.end);
}

void ParameterStore::changed() {
    for (std::size_t i = 0; i < copies_.size(); ++i)
        for (const auto& copy : copies_[i]) {
            // What is frozen no optimizer has changed.
            const bool asBefore = entries_[i].frozen && copy->seen_ == version_;
            const bool follows = copy->used_ && canFollow(*copy);
            if (followed_ && (asBefore || follows)) copy->seen_ = version_ + 1;
            copy->used_ = false;
        }
    ++version_;
    followed_ = false;
}

std::size_t ParameterStore::copyFloats() const {
    std::size_t floats = 0;
    for (const auto& copies : copies_)
        for (const auto& copy : copies)
            floats += static_cast<std::size_t>(copy->layout_.floats());
    return floats;
}

std::size_t ParameterStore::find(std::string_view name) const {
    const auto it = index_.find(std::string(name));
    return it == index_.end() ? npos : it->second;
}

float* ParameterStore::value(std::size_t index) const {
    const Entry& entry = entries_[index];
    const AlignedBuffer& block = entry.learns() ? values_ : entry.spec.isParameter() ? frozen_ : statistics_;
    return block.data() + entry.offset;
}

float* ParameterStore::gradient(std::size_t index) const {
    const Entry& entry = entries_[index];
    return entry.learns() ? gradients_.data() + entry.offset : nullptr;
}

void ParameterStore::initialise(std::uint64_t seed) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const std::vector<float> plain =
            initialValues(entry.spec, deriveKey(deriveKey(seed, "weights"), entry.name));
        reorder(Layout::plain(entry.spec.dims), plain.data(), entry.layout, value(i));
    }
    changed();
}

std::vector<float> ParameterStore::valuesOf(std::size_t index) const {
    const Entry& entry = entries_[index];
    std::vector<float> plain(static_cast<std::size_t>(entry.spec.size()));
    reorder(entry.layout, value(index), Layout::plain(entry.spec.dims), plain.data());
    return plain;
}

void ParameterStore::setValues(std::size_t index, std::span<const float> plain) {
    const Entry& entry = entries_[index];
    reorder(Layout::plain(entry.spec.dims), plain.data(), entry.layout, value(index));
}

WeightSet ParameterStore::save() const {
    WeightSet set;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        set.tensors.push_back({entries_[i].name, entries_[i].spec.dims, valuesOf(i)});
    return set;
}

std::vector<NamedTensor> ParameterStore::saveBlock(std::span<const float> block,
                                                   const std::string& prefix) const {
    std::vector<NamedTensor> tensors;
    for (const Entry& entry : entries_) {
        if (!entry.learns()) continue;
        NamedTensor tensor{prefix + entry.name, entry.spec.dims,
                           std::vector<float>(static_cast<std::size_t>(entry.spec.size()))};
        reorder(entry.layout, block.data() + entry.offset, Layout::plain(entry.spec.dims),
                tensor.values.data());
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

Status ParameterStore::load(const TensorSource& weights) {
    const auto places = placesByName(weights);
    for (const Entry& entry : entries_) {
        const auto found = places.find(entry.name);
        if (found == places.end()) return refuse(mismatch(entry.name, "The weights have no such array."));
        const auto& dims = weights.entries()[found->second].dims;
        if (dims != entry.spec.dims)
            return refuse(mismatch(entry.name, "Its array is " + dimsText(dims) + ", and the network's is " +
                                                   dimsText(entry.spec.dims) + "."));
    }
    for (const TensorSource::Entry& entry : weights.entries())
        if (find(entry.name) == npos) return refuse(mismatch(entry.name, "The network has no such array."));
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const auto values = weights.read(places.at(entry.name));
        if (!values) return refuse(values.error());
        if (values->size() != static_cast<std::size_t>(entry.spec.size()))
            return refuse(mismatch(entry.name, "Its array has " + std::to_string(values->size()) +
                                                   " values, and the network's has " +
                                                   std::to_string(entry.spec.size()) + "."));
        setValues(i, *values);
    }
    changed();
    return {};
}

} // namespace burdock
