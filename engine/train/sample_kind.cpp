#include "engine/train/sample_kind.h"

namespace burdock {

std::string_view sampleKindText(SampleKind kind) {
    return kind == SampleKind::Maps ? "pictures" : kind == SampleKind::Tokens ? "text" : "rows of numbers";
}

SampleKind kindOf(const DatasetInfo& data) {
    if (data.task->generates) return SampleKind::Tokens;
    const bool maps = !data.input.isSequence() && data.input.height > 1 && data.input.width > 1;
    return maps ? SampleKind::Maps : SampleKind::Rows;
}

SampleKind kindOf(const CheckedNetwork& network) {
    for (const CheckedStep& step : network.steps()) {
        const LayerSchema& schema = *step.layer->schema;
        if (schema.paramOf(ParamRole::Vocabulary)) return SampleKind::Tokens;
        const bool looksAround =
            schema.category == Category::Convolution || schema.category == Category::Pooling;
        if (looksAround && !step.layer->inputs.empty() && !step.layer->inputs[0].isSequence())
            return SampleKind::Maps;
    }
    return SampleKind::Rows;
}

} // namespace burdock
