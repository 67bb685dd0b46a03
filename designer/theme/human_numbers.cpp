#include "theme/theme.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

const QString missing = QStringLiteral("–");

/// Three significant digits and the unit: 1.41 M, 12.3 M, 175 B (the field counts parameters in billions).
QString scaled(double value, const char* unit) {
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return QStringLiteral("%1 %2").arg(value, 0, 'f', decimals).arg(QLatin1String(unit));
}

} // namespace

QString exactCount(qint64 n) {
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(n);
}

QString humanCount(qint64 n) {
    if (n < 0) return QStringLiteral("−") + humanCount(-n);
    if (n < 10'000) return exactCount(n);
    const double v = static_cast<double>(n);
    if (v < 999'950) return QStringLiteral("%1 k").arg(v / 1e3, 0, 'f', 1);
    if (v < 999.5e6) return scaled(v / 1e6, "M");
    if (v < 999.5e9) return scaled(v / 1e9, "B");
    return scaled(v / 1e12, "T");
}

QString humanPercent(double fraction) {
    return std::isfinite(fraction) ? QStringLiteral("%1 %").arg(fraction * 100, 0, 'f', 1) : missing;
}

QString humanNumber(double value) {
    if (!std::isfinite(value)) return missing;
    const QString text = QString::number(value, 'g', 4);
    const qsizetype e = text.indexOf(u'e');
    if (e < 0) return text;
    // As it is written by hand: 3·10⁻⁷, and a power of ten alone.
    QString power = QStringLiteral("10");
    for (const QChar c : QString::number(text.mid(e + 1).toInt()))
        power += c == u'-' ? QChar(u'⁻') : QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹").at(c.digitValue());
    const QString mantissa = text.left(e);
    if (mantissa == QStringLiteral("1")) return power;
    return mantissa == QStringLiteral("-1") ? u'-' + power : mantissa + u'·' + power;
}

QString humanDuration(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return missing;
    if (seconds > 0 && seconds < 0.0995) // of which a tenth would be nothing
        return QStringLiteral("%1 ms").arg(std::max<qint64>(1, std::llround(seconds * 1e3)));
    if (seconds < 9.95) return QStringLiteral("%1 s").arg(seconds, 0, 'f', 1);
    const auto whole = static_cast<qint64>(std::llround(seconds));
    const auto two = [](qint64 n) { return QStringLiteral("%1").arg(n, 2, 10, QLatin1Char('0')); };
    if (whole < 3600) return QStringLiteral("%1:%2").arg(whole / 60).arg(two(whole % 60));
    return QStringLiteral("%1:%2:%3").arg(whole / 3600).arg(two(whole / 60 % 60), two(whole % 60));
}

QString humanBytes(qint64 bytes) {
    if (bytes < 1000) return QStringLiteral("%1 B").arg(bytes);
    const double v = static_cast<double>(bytes);
    if (v < 999'950) return QStringLiteral("%1 kB").arg(v / 1e3, 0, 'f', 1);
    if (v < 999.95e6) return QStringLiteral("%1 MB").arg(v / 1e6, 0, 'f', 1);
    if (v < 999.95e9) return QStringLiteral("%1 GB").arg(v / 1e9, 0, 'f', 1);
    return QStringLiteral("%1 TB").arg(v / 1e12, 0, 'f', 1);
}

} // namespace burdock
