#include "canvas/canvas_style.h"

#include "theme/theme.h"

namespace burdock {
namespace {

CanvasStyle readTheme() {
    const Theme& theme = Theme::instance();
    CanvasStyle s;
    s.dark = theme.isDark();
    s.paper = theme.color(QStringLiteral("paper"));
    s.surface = theme.color(QStringLiteral("surface"));
    s.raised = theme.color(QStringLiteral("raised"));
    s.ink = theme.color(QStringLiteral("ink"));
    s.soft = theme.color(QStringLiteral("ink.soft"));
    s.line = theme.color(QStringLiteral("line"));
    s.accent = theme.color(QStringLiteral("accent"));
    s.onAccent = theme.color(QStringLiteral("on.accent"));
    s.error = theme.color(QStringLiteral("error"));
    s.warning = theme.color(QStringLiteral("warning"));
    s.good = theme.color(QStringLiteral("good"));
    s.grid = theme.color(QStringLiteral("grid"));
    s.shadow = QColor(0, 0, 0, s.dark ? 70 : 14);
    for (const Category c : allCategories()) {
        const std::string_view key = categoryKey(c);
        s.category[static_cast<std::size_t>(c)] = theme.color(
            QStringLiteral("category.") + QString::fromUtf8(key.data(), static_cast<qsizetype>(key.size())));
    }
    s.title = theme.font(QStringLiteral("strong"));
    s.body = theme.font(QStringLiteral("body"));
    s.caption = theme.font(QStringLiteral("caption"));
    s.figures = theme.font(QStringLiteral("mono"));
    // Cards are measured in scene pixels: a type size in points would make them depend on the screen.
    s.title.setPixelSize(14);
    s.body.setPixelSize(13);
    s.caption.setPixelSize(12);
    s.figures.setPixelSize(12);
    s.radius = theme.radius();
    return s;
}

} // namespace

const CanvasStyle& canvasStyle() {
    static CanvasStyle style = [] {
        QObject::connect(&Theme::instance(), &Theme::changed, [] { style = readTheme(); });
        return readTheme();
    }();
    return style;
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [share](int x, int y) { return static_cast<int>(x + (y - x) * share); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()),
                  mix(a.alpha(), b.alpha()));
}

} // namespace burdock
