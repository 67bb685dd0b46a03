#pragma once

#include <QImage>

namespace burdock {

/// The size that a picture of `size` has where it just covers width × height; empty where it is so long and
/// narrow that this would take many times the memory of both.
QSize coveringSize(QSize size, int width, int height);

/// Scaled to cover width × height, and cut to it around its centre: 32 bits a pixel. `smooth`: neighbours are
/// mixed.
QImage covering(const QImage& image, int width, int height, bool smooth);

/// As Exif's `orientation` (1 to 8) says that it is to be shown.
QImage turned(const QImage& image, int orientation);

} // namespace burdock
