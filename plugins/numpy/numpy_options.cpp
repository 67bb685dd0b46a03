#include "numpy_options.h"

namespace burdock {

const ParamTable<NumpyOptions>& NumpyOptions::table() {
    using O = NumpyOptions;
    static const ParamTable<O> t = [] {
        ParamTable<O> made;
        made.add(&O::input,
                 {.key = "input", .label = "Input", .doc = "Name of the array; empty: x, data, …"});
        made.add(&O::target,
                 {.key = "target", .label = "Target", .doc = "Name of the array; empty: y, labels, …"});
        made.addChoice(&O::layout, {.key = "layout", .label = "Axes", .doc = "What the input's axes are."},
                       {{"auto", "By their sizes", ""},
                        {"channels_last", "Channels last", "N × H × W × C, or N × H × W."},
                        {"channels_first", "Channels first", "N × C × H × W, or N × H × W."},
                        {"sequence", "Sequence", "N × T × F: positions with features each."}});
        made.addChoice(&O::scale, {.key = "scale", .label = "Scale", .doc = "What becomes of the values."},
                       {{"auto", "By the values", ""},
                        {"pixels", "Pixels", "0 to 255 become 0 to 1."},
                        {"keep", "As they are", ""},
                        {"standardise", "Standardise", "Mean 0 and deviation 1 over the training split."}});
        made.addChoice(&O::task, {.key = "task", .label = "Task", .doc = "What a single target column is."},
                       {{"auto", "By the values", "Few different whole numbers are classes."},
                        {"classification", "Classification", "Each different value is a class."},
                        {"regression", "Regression", "Numbers to predict."}});
        made.add(&O::testShare, {.key = "test_share",
                                 .label = "Test share",
                                 .minimum = 0,
                                 .maximum = 0.9,
                                 .doc = "Split off for the test where there are no arrays for it."});
        return made;
    }();
    return t;
}

} // namespace burdock
