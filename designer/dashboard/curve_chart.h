#pragma once

#include "dashboard/curve_math.h"

#include <QColor>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>

namespace burdock {

struct CurveStyle {
    QString label;
    QColor color;
    bool smooth = false;  ///< the smoothing slider applies: the raw curve stays faint behind
    bool markers = false; ///< a dot on every point
    int dash = 0;         ///< of curvePen(): solid unless set
    QString chip{};       ///< what the legend says instead, where the label is long

    friend bool operator==(const CurveStyle&, const CurveStyle&) = default;
};

/// A line chart of ours around Qt Charts: curves decimated to the picture's width, smoothing, logarithmic
/// scale, a cross-hair that tells values, a legend that hides curves, zoom by dragging, export. Follows the
/// theme.
class CurveChart : public QWidget {
    Q_OBJECT
  public:
    explicit CurveChart(QWidget* parent = nullptr);
    ~CurveChart() override;

    void setTitle(const QString& title);
    /// Names of the axes; the vertical one bears its own only where the title says another.
    void setAxes(const QString& x, const QString& y);
    /// What may be drawn along the horizontal axis, if there is a choice: chosen by a click on its name, or
    /// in the menu.
    void setXChoices(const QStringList& names, int current);
    /// How values are written; numbers for people unless set.
    void setFormat(std::function<QString(double)> x, std::function<QString(double)> y);
    /// Ticks at whole numbers only, as for epochs and steps; true unless set.
    void setWholeX(bool whole);
    /// A border that the vertical axis never goes past: 1 for an accuracy.
    void setLimits(double low, double high);
    void setEmptyText(const QString& text);
    /// Without header and controls, for a strip.
    void setCompact(bool compact);
    void setLegendBelow(); ///< on a line of its own: for many curves

    /// Adds the curve `key` or changes it; drawn soon, many changes at once.
    void setCurve(const QString& key, const CurveStyle& style, const Points& points);
    void removeCurve(const QString& key);
    void clear();
    QStringList curveKeys() const; ///< in the order of adding
    Points curve(const QString& key) const;

    double smoothing() const;
    void setSmoothing(double weight); ///< 0..0.99
    bool logScale() const;
    void setLogScale(bool on); ///< values of zero and less are left out
    void setCurveVisible(const QString& key, bool visible);
    bool isCurveVisible(const QString& key) const;
    /// What is shown now, for tests and export: the horizontal range and the points drawn of a curve.
    Range shownX() const;
    Points drawnPoints(const QString& key) const;

    /// Why it could not be written; nothing where it was. The picture has twice the window's resolution.
    std::optional<QString> savePng(const QString& path);
    std::optional<QString> saveCsv(const QString& path) const;

  signals:
    void smoothingChanged(double weight);
    void logScaleChanged(bool on);
    void xChosen(int choice);

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
