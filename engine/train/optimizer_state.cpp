#include "engine/train/optimizer.h"

#include <algorithm>
#include <numeric>

namespace burdock {
namespace {

std::size_t floatsOf(const Optimizer::SlotSpec& spec, const ParameterTensor& tensor) {
    return spec.dims.empty() ? tensor.floats : static_cast<std::size_t>(sizeOf(spec.dims));
}

} // namespace

ParameterTensor ParameterTensor::plain(std::vector<std::int64_t> dims) {
    ParameterTensor tensor;
    tensor.name = "weight";
    tensor.floats = static_cast<std::size_t>(sizeOf(dims));
    tensor.layout = Layout::plain(dims);
    tensor.dims = std::move(dims);
    return tensor;
}

std::int64_t ParameterTensor::size() const {
    return sizeOf(dims);
}

OptimizerState::OptimizerState(const Optimizer& optimizer, std::vector<ParameterTensor> tensors)
    : tensors_(std::move(tensors)) {
    for (std::size_t t = 0; t < tensors_.size(); ++t) {
        const auto specs = optimizer.slotSpecs(tensors_[t]);
        if (slots_.size() < specs.size()) slots_.resize(specs.size());
        for (std::size_t i = 0; i < specs.size(); ++i)
            slots_[i].push_back({t, specs[i], {}});
    }
    for (std::vector<Slot>& all : slots_) {
        // What every tensor has like itself lies as the parameters do, so that one pass can go over it all.
        const bool block = all.size() == tensors_.size() && std::ranges::all_of(all, &Slot::likeTensor);
        std::size_t end = 0;
        std::vector<std::size_t> offsets;
        for (const Slot& slot : all) {
            const ParameterTensor& tensor = tensors_[slot.tensor];
            offsets.push_back(block ? tensor.offset : end);
            end = std::max(end, offsets.back() + onLines(floatsOf(slot.spec, tensor)));
        }
        memory_.emplace_back(end);
        isBlock_.push_back(block);
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i].values = {memory_.back().data() + offsets[i],
                             floatsOf(all[i].spec, tensors_[all[i].tensor])};
    }
}

std::int64_t OptimizerState::floats(const Optimizer& optimizer, std::span<const ParameterTensor> tensors) {
    std::size_t sum = 0;
    for (const ParameterTensor& tensor : tensors)
        for (const Optimizer::SlotSpec& spec : optimizer.slotSpecs(tensor))
            sum += onLines(floatsOf(spec, tensor));
    return static_cast<std::int64_t>(sum);
}

std::span<float> OptimizerState::slot(std::size_t tensor, std::size_t index) const {
    if (index >= slots_.size()) return {};
    const auto found = std::ranges::lower_bound(slots_[index], tensor, {}, &Slot::tensor);
    return found != slots_[index].end() && found->tensor == tensor ? found->values : std::span<float>();
}

float* OptimizerState::block(std::size_t index) const {
    return index < isBlock_.size() && isBlock_[index] ? memory_[index].data() : nullptr;
}

std::vector<NamedTensor> OptimizerState::save() const {
    std::vector<NamedTensor> saved;
    for (const std::vector<Slot>& all : slots_)
        for (const Slot& slot : all) {
            const std::vector<std::int64_t>& dims = dimsOf(slot);
            NamedTensor tensor{nameOf(slot), dims,
                               std::vector<float>(static_cast<std::size_t>(sizeOf(dims)))};
            reorder(slot.likeTensor() ? tensors_[slot.tensor].layout : Layout::plain(dims),
                    slot.values.data(), Layout::plain(dims), tensor.values.data());
            saved.push_back(std::move(tensor));
        }
    return saved;
}

Status OptimizerState::load(const TensorSource& tensors) {
    const auto places = placesByName(tensors);
    const auto another = [](std::string name) {
        Diagnostic d;
        d.code = "weights.mismatch";
        d.where = std::move(name);
        d.what = "The optimizer's state has no such array of this shape.";
        d.mend = "Use weights of a run with the same architecture, or open that run's network on the canvas.";
        return refuse(std::move(d));
    };
    for (const std::vector<Slot>& all : slots_)
        for (const Slot& slot : all)
            if (const auto found = places.find(nameOf(slot));
                found == places.end() || tensors.entries()[found->second].dims != dimsOf(slot))
                return another(nameOf(slot));
    for (const std::vector<Slot>& all : slots_)
        for (const Slot& slot : all) {
            const std::vector<std::int64_t>& dims = dimsOf(slot);
            const auto values = tensors.read(places.at(nameOf(slot)));
            if (!values) return refuse(values.error());
            if (values->size() != static_cast<std::size_t>(sizeOf(dims))) return another(nameOf(slot));
            reorder(Layout::plain(dims), values->data(),
                    slot.likeTensor() ? tensors_[slot.tensor].layout : Layout::plain(dims),
                    slot.values.data());
        }
    return {};
}

} // namespace burdock
