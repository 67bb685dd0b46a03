#pragma once

#include "engine/data/number_fields.h"
#include "engine/train_support.h"
#include "surface/surface_maker.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace burdock::testing {

/// A number over one input: y = x² of -2 to 2.
class Parabola final : public Dataset {
  public:
    /// `offset`: was taken off the numbers. `road`: a word, of no influence, is a second input.
    explicit Parabola(double offset = 0, bool road = false) {
        info_.id = info_.title = "parabola";
        info_.task = Task::Regression;
        info_.input = {road ? 2 : 1, 1, 1};
        info_.featureNames = {"speed"};
        if (road) info_.featureNames.push_back("road = wet");
        info_.targetNames = {"braking distance"};
        if (offset != 0) info_.targetOffsets = {offset};
        info_.trainSize = 80;
        info_.standardise = info_.standardiseTargets = true;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        values[0] = speed(index);
        if (info_.input.size() > 1) values[1] = static_cast<float>(index % 2);
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = speed(index) * speed(index);
    }
    std::vector<InputField> inputFields() const override {
        if (info_.input.size() == 1) return {};
        return {{"speed", {}, -2, 2, false, "0", {0}}, {"road", {"wet", "dry"}, 0, 0, false, "wet", {1}}};
    }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        if (info_.input.size() == 1) return Dataset::readFields(texts);
        return handMade({QString::fromStdString(texts[0]).toFloat(), texts[1] == "wet" ? 1.F : 0.F});
    }

  private:
    static float speed(std::int64_t index) { return -2 + 4 * static_cast<float>(index) / 79; }
    DatasetInfo info_;
};

/// Numbers, a word and a time of the day, each kept in its own way: seconds from the first on, an input for
/// each word, an angle.
class Weather final : public Dataset {
  public:
    static constexpr double first = 1.7e9;
    Weather() {
        info_.id = info_.title = "weather";
        info_.task = Task::Binary;
        info_.input = {7, 1, 1};
        info_.classNames = {"calm", "stormy"};
        info_.featureNames = {"stamp",     "sky = clear", "sky = rain", "sky = snow",
                              "at (sine)", "at (cosine)", "temperature"};
        info_.trainSize = 60;
        info_.standardise = true;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        write(values, static_cast<double>(10 * index), index % 3, static_cast<double>(index % 24),
              static_cast<double>(index % 20 - 5));
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = static_cast<float>(index % 3 == 1);
    }
    std::vector<InputField> inputFields() const override {
        return {{"stamp", {}, first, first + 590, true, "1700000300", {0}},
                {"sky", words(), 0, 0, false, "rain", {1, 2, 3}},
                {"at", {}, 0, 0, false, "18:00", {4, 5}},
                {"temperature", {}, -5, 14, false, "3.5", {6}}};
    }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string> texts) const override {
        const auto number = [&](std::size_t field) {
            return texts[field].empty() ? std::nan("") : QString::fromStdString(texts[field]).toDouble();
        };
        const std::vector<std::string> all = words();
        std::vector<float> values(7);
        write(values.data(), number(0) - first, std::ranges::find(all, texts[1]) - all.begin(),
              QString::fromStdString(texts[2]).section(u':', 0, 0).toDouble(), number(3));
        return handMade(std::move(values));
    }

  private:
    static std::vector<std::string> words() { return {"clear", "rain", "snow"}; }
    static void write(float* values, double seconds, std::int64_t word, double hour, double temperature) {
        values[0] = static_cast<float>(seconds);
        for (std::int64_t k = 0; k < 3; ++k)
            values[1 + k] = static_cast<float>(k == word);
        const double angle = 2 * std::numbers::pi * hour / 24;
        values[4] = static_cast<float>(std::sin(angle));
        values[5] = static_cast<float>(std::cos(angle));
        values[6] = static_cast<float>(temperature);
    }
    DatasetInfo info_;
};

/// Four features, of which a value is missing now and then. Whether the last is large is to be told; of
/// labels, also whether the one before it is.
class FourFeatures final : public Dataset {
  public:
    /// `words`: the first of them is 0 or 1.
    explicit FourFeatures(Task task, bool words = false)
        : words_(words) {
        info_.id = info_.title = "four";
        info_.task = task;
        info_.input = {4, 1, 1};
        info_.targets = task == Task::Multilabel ? 2 : 1;
        info_.classNames = {"light", "heavy"};
        info_.featureNames = {"length", "width", "height", "mass"};
        info_.trainSize = 60;
        info_.missingValues = 9;
        info_.standardise = true;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        for (int i = 0; i < 4; ++i)
            values[i] = static_cast<float>((index * (2 * i + 3)) % 11);
        if (words_) values[0] = static_cast<float>(index % 2);
        if (index % 7 == 0) values[1] = std::numeric_limits<float>::quiet_NaN();
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        float input[4];
        readInput(part, index, input);
        for (std::int64_t k = 0; k < info_.targets; ++k)
            values[k] = input[3 - k] > 5 ? 1.F : 0.F;
    }

  private:
    DatasetInfo info_;
    bool words_;
};

/// A network that has learned these data for a few epochs, to be asked.
inline std::unique_ptr<Predictor> learned(const Graph& graph, const std::shared_ptr<const Dataset>& data,
                                          TrainConfig config = {}) {
    config.threads = 1;
    Recorder recorder;
    (void)train(graph, data, config, recorder);
    auto made = Predictor::make(graph, recorder.last(), data, config);
    if (!made) throw std::runtime_error(oneLine(made.error()));
    return std::move(*made);
}

inline std::shared_ptr<const DrawnSurface> drawn(Predictor& network, const Dataset& data,
                                                 const SurfaceChoice& choice = {}, int side = 20) {
    Surface made = makeSurface(network, SurfaceScene::of(data, network.split()), choice, side);
    QImage image = surfaceImage(made, SurfaceColors::ofTheme());
    return std::make_shared<const DrawnSurface>(DrawnSurface{std::move(made), std::move(image)});
}

} // namespace burdock::testing
