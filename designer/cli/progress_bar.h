#pragma once

#include <string>

namespace burdock::cli {

/// One line on standard error that is drawn over; nothing where that is not a terminal.
class ProgressBar {
  public:
    ProgressBar();
    ~ProgressBar(); ///< clears the line
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    bool isShown() const { return terminal_; }
    /// `before`, a bar filled to `done` (0..1), `after`; cut to the terminal's width.
    void draw(const std::string& before, double done, const std::string& after);
    /// Takes the line away, so that something else can be printed.
    void clear();

  private:
    bool terminal_ = false;
    bool drawn_ = false;
};

} // namespace burdock::cli
