#include "progress_bar.h"

#include "session/visible_text.h"

#include <QString>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace burdock::cli {
namespace {

int terminalWidth() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

} // namespace

ProgressBar::ProgressBar()
    : terminal_(isatty(STDERR_FILENO) == 1 && qEnvironmentVariable("TERM") != "dumb") {}

ProgressBar::~ProgressBar() {
    clear();
}

void ProgressBar::draw(const std::string& before, double done, const std::string& after) {
    if (!terminal_) return;
    constexpr int cells = 20;
    const int full =
        std::clamp(static_cast<int>(std::lround((std::isfinite(done) ? done : 0) * cells)), 0, cells);
    QString line = QString::fromStdString(visibleText(before)) + ' ' + QString(full, QChar(0x2588)) +
                   QString(cells - full, QChar(0x2591)) + ' ' + QString::fromStdString(visibleText(after));
    line.truncate(terminalWidth() - 1);
    std::fprintf(stderr, "\r\033[K%s", qUtf8Printable(line));
    std::fflush(stderr);
    drawn_ = true;
}

void ProgressBar::clear() {
    if (!drawn_) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    drawn_ = false;
}

} // namespace burdock::cli
