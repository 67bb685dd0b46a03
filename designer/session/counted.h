#pragma once

#include <QLocale>

#include <cstdint>
#include <string>

namespace burdock {

/// "1 step", "1,234 steps".
inline std::string counted(std::int64_t number, const std::string& one) {
    return QLocale(QLocale::English).toString(static_cast<qlonglong>(number)).toStdString() + " " + one +
           (number == 1 ? "" : "s");
}

} // namespace burdock
