#pragma once

#include "engine/layers/feature_axis.h"
#include "engine/schema/layer_schema.h"

namespace burdock {

/// What counts as one feature of a layer with weights or statistics for each.
enum class PerFeature {
    Feature, ///< of a sequence each feature of its positions, otherwise each channel
    Channel  ///< each channel: a sequence is a single one, as before version 2 of the layers
};

inline FeatureAxis featuresOf(PerFeature per, const Shape& s) {
    return FeatureAxis(per == PerFeature::Channel ? Shape{s.channels, s.height, s.width} : s);
}

template <class P>
void addPerFeature(ParamTable<P>& t) {
    t.addChoice(&P::per,
                {.key = "per",
                 .label = "For each",
                 .doc = "What has a scale of its own; of feature maps and vectors each channel.",
                 .advanced = true},
                {{"feature", "Feature", "Of a sequence each feature, over all positions."},
                 {"channel", "Channel", "A sequence is one channel: all its values share one."}});
}

/// Before version 2 a sequence was one channel.
inline void migratePerFeature(int, ParamValues& params, const MigrationContext& around) {
    if (around.isFedSequences) params["per"] = std::string("channel");
}

/// The traits of such a layer.
inline LayerSchema perFeature(LayerSchema s) {
    s.version = 2;
    s.perPosition = true;
    s.perPositionSince = 2;
    return s;
}

} // namespace burdock
