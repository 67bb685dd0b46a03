#pragma once

#include <QString>

namespace burdock {

/// A text as a CSV field: quoted where it must be (RFC 4180).
inline QString csvField(const QString& text) {
    for (const QChar c : text)
        if (c == u',' || c == u'"' || c == u'\r' || c == u'\n') {
            QString quoted = text;
            return u'"' + quoted.replace(u'"', QStringLiteral("\"\"")) + u'"';
        }
    return text;
}

} // namespace burdock
