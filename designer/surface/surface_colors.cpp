#include "surface/surface_colors.h"

#include "theme/theme.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr int paletteSize = 7;
// They leave the samples in sight.
constexpr double classStrength = 0.5, numberStrength = 0.75;

QColor mixed(const QColor& from, const QColor& to, double share) {
    const auto channel = [share](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
    return {channel(from.red(), to.red()), channel(from.green(), to.green()),
            channel(from.blue(), to.blue())};
}

} // namespace

SurfaceColors SurfaceColors::ofTheme() {
    const Theme& theme = Theme::instance();
    SurfaceColors colors;
    colors.paper = theme.color(QStringLiteral("raised"));
    for (int i = 0; i < paletteSize; ++i)
        colors.classes.push_back(theme.curve(i));
    colors.low = theme.curve(1);
    colors.high = theme.curve(0);
    return colors;
}

QColor SurfaceColors::ofClass(int index) const {
    const int n = static_cast<int>(classes.size());
    const QColor& color = classes[static_cast<std::size_t>(index % n)];
    return index < n ? color : color.darker(100 + 35 * std::min(index / n, 6));
}

QColor SurfaceColors::ofNumber(double value, Range scale) const {
    if (!std::isfinite(value)) return paper;
    if (scale.low < 0 && scale.high > 0) {
        const double share = value / std::max(-scale.low, scale.high);
        return mixed(paper, share < 0 ? low : high, std::min(1.0, std::abs(share)));
    }
    return mixed(paper, high, std::clamp((value - scale.low) / scale.span(), 0.0, 1.0));
}

QColor SurfaceColors::ofCell(std::span<const float> answer, bool numbers, Range scale) const {
    if (numbers) return mixed(paper, ofNumber(static_cast<double>(answer[0]), scale), numberStrength);
    const int likeliest = classIn(answer);
    if (likeliest < 0) return paper;
    const double guess = 1.0 / static_cast<double>(answer.size());
    const double share = static_cast<double>(answer[static_cast<std::size_t>(likeliest)]);
    return mixed(paper, ofClass(likeliest),
                 classStrength * std::clamp((share - guess) / (1 - guess), 0.0, 1.0));
}

QImage surfaceImage(const Surface& surface, const SurfaceColors& colors) {
    if (surface.isCurve()) return {};
    QImage image(surface.columns, surface.rows, QImage::Format_RGB32);
    const bool numbers = surface.scene->numbers;
    const Range scale = numbers ? surface.scene->targets(surface.choice.answer) : Range{};
    for (int row = 0; row < surface.rows; ++row) {
        auto* const line = reinterpret_cast<QRgb*>(image.scanLine(surface.rows - 1 - row));
        for (int column = 0; column < surface.columns; ++column)
            line[column] = colors.ofCell(surface.cell(column, row), numbers, scale).rgb();
    }
    return image;
}

} // namespace burdock
