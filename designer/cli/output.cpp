#include "output.h"

#include "session/counted.h"
#include "session/visible_text.h"

#include <QLocale>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

bool whole = true;   ///< all that was printed has been written
bool unread = false; ///< and nobody would read more

void write(std::FILE* file, std::string_view text) {
    errno = 0;
    const bool written =
        std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
    if (file != stdout || written) return;
    whole = false;
    unread = unread || errno == EPIPE;
}

void writeLine(std::FILE* file, const std::string& text) {
    write(file, visibleText(text) + '\n'); // a line break in a name would forge another line
}

} // namespace

void printJson(const Json& object) {
    writeLine(stdout, object.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void print(const std::string& line) {
    writeLine(stdout, line);
}

void printText(std::string_view text) {
    write(stdout, text);
}

bool outputIsWhole() {
    return whole;
}

bool outputIsUnread() {
    return unread;
}

void warn(const std::string& line) {
    writeLine(stderr, line);
}

std::string grouped(std::int64_t number) {
    return QLocale(QLocale::English).toString(static_cast<qlonglong>(number)).toStdString();
}

std::string parametersText(std::int64_t all, std::int64_t trainable) {
    return counted(all, "parameter") +
           (trainable == all ? "" : " (" + grouped(trainable) + " of them trainable)");
}

std::string percent(double share) {
    if (!std::isfinite(share)) return "–";
    return QString::number(share * 100, 'f', 2).toStdString() + " %";
}

std::string decimal(double value) {
    return std::isfinite(value) ? QString::number(value, 'g', 4).toStdString() : "–";
}

std::string duration(double seconds) {
    if (!std::isfinite(seconds)) return "–";
    if (seconds < 9.95) return QString::number(seconds, 'f', 1).toStdString() + " s";
    const auto whole = static_cast<qint64>(std::llround(seconds));
    const auto two = [](qint64 n) { return QString("%1").arg(n, 2, 10, QChar('0')); };
    const QString minutes = whole < 3600 ? QString::number(whole / 60)
                                         : QString::number(whole / 3600) + ":" + two(whole / 60 % 60);
    return (minutes + ":" + two(whole % 60)).toStdString();
}

std::string percent(const std::optional<double>& share) {
    return percent(share.value_or(unknown));
}

std::string decimal(const std::optional<double>& value) {
    return decimal(value.value_or(unknown));
}

Json orNull(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json();
}

Json text(const QString& value) {
    return value.toStdString();
}

Json shapeJson(const Shape& shape) {
    return {{"channels", shape.channels},
            {"height", shape.height},
            {"width", shape.width},
            {"axes", axesText(shape)}};
}

} // namespace burdock::cli
