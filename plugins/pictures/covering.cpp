#include "covering.h"

#include <QPainter>

#include <algorithm>
#include <cstdint>

namespace burdock {
namespace {

constexpr std::int64_t far = 8;

/// A picture that is far longer than `shape` would become huge when it is scaled to cover it: its ends, which
/// would be cut off then, are cut off before.
QImage withoutFarEnds(const QImage& image, int width, int height) {
    const QSize size = image.size();
    const auto most = [](std::int64_t own, std::int64_t across, std::int64_t shape,
                         std::int64_t shapeAcross) {
        return static_cast<int>(std::min(own, far * across * shape / shapeAcross + far));
    };
    const QSize kept(most(size.width(), size.height(), width, height),
                     most(size.height(), size.width(), height, width));
    if (kept == size) return image;
    return image.copy(
        QRect(QPoint((size.width() - kept.width()) / 2, (size.height() - kept.height()) / 2), kept));
}

/// The middle of a picture of few pixels, whose every pixel would become huge where `shape` is far longer:
/// only what stays is drawn.
QImage drawnMiddle(const QImage& image, int width, int height, bool smooth) {
    const double perPixel = std::min(double(image.width()) / width, double(image.height()) / height);
    QRectF taken(0, 0, width * perPixel, height * perPixel);
    taken.moveCenter(QRectF(image.rect()).center());
    QImage drawn(width, height, QImage::Format_RGB32);
    if (drawn.isNull()) return drawn;
    drawn.fill(Qt::black);
    QPainter painter(&drawn);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, smooth);
    painter.drawImage(QRectF(drawn.rect()), image, taken);
    return drawn;
}

} // namespace

QSize coveringSize(QSize size, int width, int height) {
    const QSize scaled = size.scaled(width, height, Qt::KeepAspectRatioByExpanding);
    return std::int64_t{scaled.width()} * scaled.height() > 4 * far * width * height ? QSize() : scaled;
}

QImage covering(const QImage& image, int width, int height, bool smooth) {
    const QImage middle = withoutFarEnds(image, width, height);
    const QSize scaled = coveringSize(middle.size(), width, height);
    if (scaled.isEmpty()) return drawnMiddle(middle, width, height, smooth);
    const QImage whole = middle.convertToFormat(QImage::Format_RGB32)
                             .scaled(scaled, Qt::IgnoreAspectRatio,
                                     smooth ? Qt::SmoothTransformation : Qt::FastTransformation);
    return whole.copy((whole.width() - width) / 2, (whole.height() - height) / 2, width, height);
}

QImage turned(const QImage& image, int orientation) {
    struct Steps {
        bool mirror, flip, quarter;
    };
    static constexpr Steps steps[] = {{false, false, false}, {true, false, false}, {true, true, false},
                                      {false, true, false},  {false, true, true},  {false, false, true},
                                      {true, false, true},   {true, true, true}};
    const Steps& s = steps[std::clamp(orientation, 1, 8) - 1];
    const QImage mirrored = s.mirror || s.flip ? image.mirrored(s.mirror, s.flip) : image;
    return s.quarter ? mirrored.transformed(QTransform().rotate(90)) : mirrored;
}

} // namespace burdock
