#pragma once

#include "dashboard/curve_math.h"
#include "engine/data/split.h"
#include "engine/graph/checked_network.h"
#include "session/field_texts.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace burdock {

/// A number of a sample that a surface can be drawn along.
struct SurfaceAxis {
    std::int64_t input = 0; ///< its place in a sample
    QString name;
    NumberScale scale; ///< of the data's units
    Range span;        ///< of the samples, with a margin, in the data's units
};

/// What of a network is looked at.
struct SurfaceChoice {
    int x = 0, y = 1; ///< of SurfaceScene::axes; the second is not looked at where there is but one
    int answer = 0;   ///< of SurfaceScene::answers
    friend bool operator==(const SurfaceChoice&, const SurfaceChoice&) = default;
};

/// What a surface is drawn of, whatever the weights: the axes, and samples of the data. Constant once made.
struct SurfaceScene {
    Q_DECLARE_TR_FUNCTIONS(burdock::SurfaceScene)
  public:
    static constexpr std::int64_t mostInputs = 64;  ///< more are no values that each tell something
    static constexpr std::int64_t mostPoints = 800; ///< of a part; of more, as many are taken evenly

    /// Null where there is no surface: the inputs are no plain numbers, or too many, or each sample has many
    /// answers. Reads the samples.
    static std::shared_ptr<const SurfaceScene> of(const Dataset& data, const Split& split);
    /// Whether a network may have one, as far as it alone can tell.
    static bool mayBeOf(const CheckedNetwork& network);

    bool isCurve() const { return axes.size() == 1; } ///< over a single value: a curve, no surface
    std::size_t samples() const { return isValidation.size(); }
    QStringList classNames(int answer) const; ///< empty where numbers are predicted
    /// The number of classes, or the number that is shown, of what the network answered to one sample.
    std::vector<float> shown(std::span<const float> answer, int which) const;
    /// Of a sample: its class, or the number that was to be predicted.
    float target(std::size_t sample, int which) const;
    Range targets(int which) const; ///< of all samples
    double offset(int which) const; ///< to be added to numbers where they are shown

    std::vector<SurfaceAxis> axes;
    QStringList answers;  ///< what there is to choose: numbers to predict, or labels
    bool numbers = false; ///< else classes
    bool thinned = false; ///< there are more samples than are drawn
    bool labels = false;  ///< each answer is a yes or no of its own
    QStringList classes;  ///< where they are one answer
    std::vector<double> offsets;
    /// A sample whose fields have typical values: where those stand that are no axes. Of data without fields,
    /// the median of every input.
    std::vector<float> typical;
    // Sample after sample.
    std::vector<float> inputs, wanted;
    std::vector<char> isValidation;
    std::int64_t width = 0, targetWidth = 0;
};

} // namespace burdock
