#pragma once

#include <QString>

namespace burdock {

/// What the palette drags: the id of a layer's schema as UTF-8 text.
inline const QString layerMime = QStringLiteral("application/x-burdock-layer");
/// The clipboard: a graph as JSON; the same JSON is there as plain text.
inline const QString graphMime = QStringLiteral("application/x-burdock-graph");

} // namespace burdock
