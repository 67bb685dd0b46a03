#pragma once

#include "engine/data/dataset.h"
#include "engine/data/split.h"

#include <array>
#include <atomic>

namespace burdock {

/// What one column holds: a feature, a channel of pictures, or a number to predict.
struct ColumnSurvey {
    std::string name;
    std::int64_t count = 0;   ///< values that are there
    std::int64_t missing = 0; ///< NaN
    double mean = 0;
    double deviation = 0; ///< divided by the count, as Scaling does
    double minimum = 0, maximum = 0;
    std::array<double, 3> quartiles{}; ///< linear between neighbours, as NumPy and pandas do
    bool whole = true;                 ///< no value has a fraction
    /// How many of the kept values lie in each of equally wide parts of minimum … maximum; of few whole
    /// numbers each has its own.
    std::vector<std::int64_t> histogram;

    bool isConstant() const { return count > 0 && minimum == maximum; }
    void shift(double by); ///< as if so much had been added to every value
    std::int64_t rows() const { return count + missing; }
    double missingShare() const {
        return rows() ? static_cast<double>(missing) / static_cast<double>(rows()) : 0;
    }
};

/// How many samples are of a class or have a label, a mask's somewhere; how often a token occurs.
struct ClassSurvey {
    std::string name;
    std::int64_t train = 0, test = 0;
    std::vector<std::int64_t> first; ///< the first samples to train on that are of it
};

/// A sample of the test that is also one to train on.
struct SharedSample {
    std::int64_t test = 0, train = 0; ///< indices within their parts
};

/// What is found out about a data set by reading it once.
struct DataSurvey {
    std::vector<ColumnSurvey> inputs;  ///< features; of pictures and sequences their channels; none of a text
    std::vector<ColumnSurvey> targets; ///< numbers to predict
    std::vector<ClassSurvey> classes;
    std::int64_t trainSize = 0, testSize = 0; ///< as they are split where the data bring no test part
    Part testPart = Part::Test;
    std::int64_t repeated = 0;               ///< samples to train on whose input an earlier one has as well
    std::int64_t shared = 0;                 ///< test samples whose input is among those to train on
    std::vector<SharedSample> sharedSamples; ///< the first of them
    bool sampled = false; ///< quartiles and histograms are those of evenly spread samples, as there are many
};

/// How far a survey is, for whoever waits for it.
struct SurveyProgress {
    std::atomic<std::int64_t> done = 0, of = 0;
};

/// Reads all samples of `data` once, in order. Means and deviations are exact (Welford 1962), in double;
/// samples are taken as equal by a 64-bit hash of their values. Calls continueReading() as it goes.
DataSurvey surveyOf(const Dataset& data, SurveyProgress* progress = nullptr);

/// How the values of a sample are grouped into DataSurvey::inputs: each of a flat sample for itself, else by
/// channel; of a sequence by feature. 0 columns: a text.
std::size_t surveyedColumns(const DatasetInfo& info);

/// Whether a sample, or a pixel of it, has any number of labels, rather than one class.
bool hasLabels(const DatasetInfo& info);

/// "number", "whole number", "0 or 1", "constant", "nothing".
std::string typeOf(const ColumnSurvey& column);

} // namespace burdock
