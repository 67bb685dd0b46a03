#pragma once

#include "engine/schema/param_table.h"

#include <string>

namespace burdock {

enum class ArrayLayout { Auto, ChannelsLast, ChannelsFirst, Sequence };
enum class ArrayScale { Auto, Pixels, Keep, Standardise };
enum class ArrayTask { Auto, Classification, Regression };

/// How arrays are read.
struct NumpyOptions {
    std::string input, target;
    ArrayLayout layout = ArrayLayout::Auto;
    ArrayScale scale = ArrayScale::Auto;
    ArrayTask task = ArrayTask::Auto;
    double testShare = 0.2;

    static const ParamTable<NumpyOptions>& table();
};

} // namespace burdock
