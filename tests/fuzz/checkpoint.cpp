// Checkpoints as they were stored in one piece: safetensors with the state of the training in its metadata.
#include "fuzz.h"

#include "engine/train/checkpoint.h"

namespace burdock::fuzz {

void feed(Bytes input) {
    const auto stored = decodeCheckpoint(std::as_bytes(input));
    if (!stored) return;
    std::size_t values = 0;
    const auto add = [&values](const NamedTensor& tensor) {
        std::int64_t size = 1;
        for (const std::int64_t dim : tensor.dims)
            size *= dim;
        require(size == static_cast<std::int64_t>(tensor.values.size()),
                "an array has as many values as places");
        values += tensor.values.size();
    };
    for (const NamedTensor& tensor : stored->weights.tensors)
        add(tensor);
    if (stored->state)
        for (const NamedTensor& tensor : stored->state->optimizer)
            add(tensor);
    require(values * sizeof(float) <= input.size(), "no values are made up");
    const auto written = encodeSafetensors(stored->weights);
    const auto again = decodeSafetensors(written);
    require(again.has_value() && again->tensors.size() == stored->weights.tensors.size(),
            "weights are read as they were written");
}

} // namespace burdock::fuzz
