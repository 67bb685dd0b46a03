#include "samples/sample_picture.h"

#include <algorithm>

namespace burdock {

QImage samplePicture(const Shape& shape, const float* values) {
    const auto width = static_cast<int>(shape.width), height = static_cast<int>(shape.height);
    const auto byte = [](float v) { return static_cast<int>(std::clamp(v, 0.F, 1.F) * 255 + 0.5F); };
    QImage image(width, height, QImage::Format_RGB32);
    const std::int64_t area = shape.area();
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < width; ++x) {
            const float* v = values + y * shape.width + x;
            line[x] = shape.channels == 3 ? qRgb(byte(v[0]), byte(v[area]), byte(v[2 * area]))
                                          : qRgb(byte(*v), byte(*v), byte(*v));
        }
    }
    return image;
}

QRect fittedInto(const QRect& room, const Shape& shape) {
    const QSize size = QSize(static_cast<int>(shape.width), static_cast<int>(shape.height))
                           .scaled(room.size(), Qt::KeepAspectRatio)
                           .expandedTo({1, 1});
    return {room.left() + (room.width() - size.width()) / 2, room.top() + (room.height() - size.height()) / 2,
            size.width(), size.height()};
}

} // namespace burdock
