#include "surface/surface.h"

#include "engine/data/reading.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// What the network answers, as much of it as is shown. Can be broken off.
std::vector<float> ask(Predictor& network, const SurfaceScene& scene, std::span<const float> inputs,
                       int which) {
    const auto width = static_cast<std::size_t>(scene.width);
    std::vector<float> shown;
    while (!inputs.empty()) {
        continueReading();
        const std::size_t count = std::min(static_cast<std::size_t>(network.batch()), inputs.size() / width);
        for (const std::vector<float>& answer : network.predictSeveral(inputs.first(count * width))) {
            const auto one = scene.shown(answer, which);
            shown.insert(shown.end(), one.begin(), one.end());
        }
        inputs = inputs.subspan(count * width);
    }
    return shown;
}

void markPoints(Surface& surface, Predictor& network) {
    const SurfaceScene& scene = *surface.scene;
    std::vector<float> said;
    if (!scene.numbers) said = ask(network, scene, scene.inputs, surface.choice.answer);
    const auto width = static_cast<std::size_t>(surface.width);
    const auto value = [&](std::size_t sample, int axis) {
        const SurfaceAxis& along = scene.axes[static_cast<std::size_t>(axis)];
        const std::size_t at =
            sample * static_cast<std::size_t>(scene.width) + static_cast<std::size_t>(along.input);
        return along.scale.numberOf(static_cast<double>(scene.inputs[at]));
    };
    for (std::size_t i = 0; i < scene.samples(); ++i) {
        SurfacePoint point;
        point.target = scene.target(i, surface.choice.answer);
        point.validation = scene.isValidation[i] != 0;
        point.x = value(i, surface.choice.x);
        if (!scene.numbers) {
            const int answer = classIn(std::span(said).subspan(i * width, width));
            point.wrong = answer != static_cast<int>(point.target);
        }
        // Along a curve a class stands at its share of one, and of yes or no at that of yes.
        const bool yesNo = surface.width == 2;
        point.y = !scene.isCurve()         ? value(i, surface.choice.y)
                  : scene.numbers || yesNo ? static_cast<double>(point.target)
                                           : 1;
        if (std::isfinite(point.x) && std::isfinite(point.y)) surface.points.push_back(point);
    }
}

Range heightOf(const SurfaceScene& scene, const SurfaceChoice& choice) {
    if (!scene.isCurve()) return scene.axes[static_cast<std::size_t>(choice.y)].span;
    if (!scene.numbers) return {-0.06, 1.06};
    const Range targets = scene.targets(choice.answer);
    return {targets.low - 0.12 * targets.span(), targets.high + 0.12 * targets.span()};
}

SurfaceChoice within(const SurfaceScene& scene, SurfaceChoice choice) {
    const int axes = static_cast<int>(scene.axes.size());
    choice.x = std::clamp(choice.x, 0, axes - 1);
    choice.y = std::clamp(choice.y, 0, axes - 1);
    choice.answer = std::clamp(choice.answer, 0, std::max(0, static_cast<int>(scene.answers.size()) - 1));
    return choice;
}

} // namespace

double Surface::xOf(int column) const {
    if (isCurve()) return x.low + x.span() * column / (columns - 1);
    return x.low + x.span() * (column + 0.5) / columns;
}

double Surface::yOf(int row) const {
    return y.low + y.span() * (row + 0.5) / rows;
}

std::span<const float> Surface::at(double atX, double atY) const {
    const auto index = [](double share, int count) {
        return std::clamp(static_cast<int>(std::floor(share * count)), 0, count - 1);
    };
    return cell(index((atX - x.low) / x.span(), columns),
                isCurve() ? 0 : index((atY - y.low) / y.span(), rows));
}

std::ptrdiff_t Surface::wrong() const {
    return std::ranges::count_if(points, &SurfacePoint::wrong);
}

int classIn(std::span<const float> shares) {
    return static_cast<int>(largestOf(shares.data(), std::ssize(shares)));
}

Surface makeSurface(Predictor& network, std::shared_ptr<const SurfaceScene> scene,
                    const SurfaceChoice& choice, int side) {
    Surface surface;
    surface.choice = within(*scene, choice);
    surface.x = scene->axes[static_cast<std::size_t>(surface.choice.x)].span;
    surface.y = heightOf(*scene, surface.choice);
    surface.rows = scene->isCurve() ? 1 : side;
    surface.columns = scene->isCurve() ? 4 * side : side;
    const auto put = [&](float* sample, int axis, double number) {
        const SurfaceAxis& along = scene->axes[static_cast<std::size_t>(axis)];
        sample[along.input] = static_cast<float>(along.scale.inputOf(number));
    };
    const auto width = static_cast<std::size_t>(scene->width);
    const std::size_t cells =
        static_cast<std::size_t>(surface.columns) * static_cast<std::size_t>(surface.rows);
    std::vector<float> inputs(cells * width);
    for (std::size_t i = 0; i < cells; ++i) {
        float* const sample = inputs.data() + i * width;
        std::ranges::copy(scene->typical, sample);
        const int at = static_cast<int>(i);
        if (!scene->isCurve()) put(sample, surface.choice.y, surface.yOf(at / surface.columns));
        put(sample, surface.choice.x, surface.xOf(at % surface.columns));
    }
    surface.scene = std::move(scene);
    surface.answers = ask(network, *surface.scene, inputs, surface.choice.answer);
    surface.width = static_cast<int>(surface.answers.size() / cells);
    markPoints(surface, network);
    return surface;
}

} // namespace burdock
