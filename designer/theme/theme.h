#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

class QApplication;
class QVariant;
class QWidget;

namespace burdock {

/// Colours, spacing, radii and type sizes, read from resources/theme/tokens.json. Widgets and items ask here
/// and nowhere else, and repaint on changed().
class Theme : public QObject {
    Q_OBJECT
  public:
    enum class Mode { System, Light, Dark };

    static Theme& instance();
    /// Sets style, palette, style sheet and fonts of the program; once, at start.
    void install(QApplication& app);

    Mode mode() const;
    void setMode(Mode mode); ///< kept in the user's settings
    bool isDark() const;

    /// A colour by its token: "paper", "surface", "raised", "ink", "ink.soft", "line", "accent", "on.accent",
    /// "good", "warning", "error", "selection", "grid", "category.dense", "category.convolution", …
    QColor color(const QString& token) const;
    /// The n-th colour of the colour-blind-safe palette (Okabe-Ito) for curves.
    QColor curve(int index) const;
    /// The curve colour of a run: stable for its id, whatever else is shown.
    QColor runColor(qint64 runId) const;
    int space(int steps = 1) const; ///< multiples of the 4 px grid
    int radius() const;
    /// "caption", "body", "strong", "title", "display", "mono"; tabular figures in "mono".
    QFont font(const QString& role = QStringLiteral("body")) const;
    /// An icon of resources/icons, drawn in the colour of a token.
    QIcon icon(const QString& name, const QString& colorToken = QStringLiteral("ink")) const;

  signals:
    void changed();

  private:
    Theme();
    struct Impl;
    Impl* impl_;
};

/// Sets a property that the style sheet selects by, and has the widget take on the look at once.
void setLook(QWidget& widget, const char* property, const QVariant& value);
/// The colour of a label's text: "soft", "good", "warning", "error", or "" for plain.
void setRole(QWidget& widget, const char* role);

// Numbers for people.
// -------------------------------------------------------------------------------------------------
QString humanCount(qint64 n);          ///< "1.41 M", "266,610" below a million: "266.6 k"
QString exactCount(qint64 n);          ///< "1,413,834"
QString humanPercent(double fraction); ///< "92.3 %", "–" for NaN
QString humanNumber(double value);     ///< four significant digits, "3·10⁻⁷", "–" for NaN
QString humanDuration(double seconds); ///< "2:10", "1:02:10"; below ten seconds "3.2 s", "34 ms"
QString humanBytes(qint64 bytes);      ///< "5.7 MB"

} // namespace burdock
