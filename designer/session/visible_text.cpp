#include "session/visible_text.h"

#include <QString>

namespace burdock {
namespace {

bool isObeyed(QChar c) {
    if (c.category() == QChar::Other_Control) return true;
    const char16_t code = c.unicode();
    return code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

} // namespace

std::string visibleText(std::string_view text, bool lines) {
    QString visible;
    for (const QChar c : QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))) {
        if (!isObeyed(c) || (lines && (c == QLatin1Char('\n') || c == QLatin1Char('\t'))))
            visible += c;
        else
            visible += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0'));
    }
    return visible.toStdString();
}

} // namespace burdock
