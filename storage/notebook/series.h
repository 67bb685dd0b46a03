#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QVector>

#include <limits>
#include <optional>
#include <span>

namespace burdock::storage {

/// A number under the name of its series, such as "validation.loss". What the names mean is up to those who
/// write them.
struct NamedValue {
    QString name;
    double value = std::numeric_limits<double>::quiet_NaN();

    friend bool operator==(const NamedValue&, const NamedValue&) = default;
};
/// So few that they are searched one by one; a name comes once.
using NamedValues = QVector<NamedValue>;
double valueOf(const NamedValues& values, QStringView name); ///< NaN where there is no such name

/// What a series came to over the epochs of a run. NaN where the last epoch did not tell it.
struct SeriesSummary {
    QString name;
    double last = std::numeric_limits<double>::quiet_NaN();
    double least = std::numeric_limits<double>::quiet_NaN();
    double greatest = std::numeric_limits<double>::quiet_NaN();
};
/// Adds an epoch that is later than those before; the result stays sorted by name.
void addEpoch(QVector<SeriesSummary>& series, const NamedValues& values);

/// A series over consecutive steps; step i of the run is index i - firstStep. NaN stands where a step is
/// missing.
struct StepSeries {
    QString name;
    qint64 firstStep = 1;
    QVector<float> values;
};

/// All that is kept of a run's steps.
struct StepCurves {
    QVector<StepSeries> series; ///< sorted by name
    int damagedChunks = 0;      ///< whose steps are NaN, or missing

    const StepSeries* find(QStringView name) const; ///< null if there is none
};

/// Consecutive steps on their way into the file: every series has a value for each of them.
class StepBlock {
  public:
    qint64 firstStep = 1;

    qsizetype steps() const { return steps_; }
    bool isEmpty() const { return steps_ == 0; }
    const QVector<StepSeries>& series() const { return series_; }
    const StepSeries* find(QStringView name) const; ///< null if there is none
    /// The next step; NaN for those series that are not named.
    void add(const QStringList& names, std::span<const float> values);
    /// The steps of `later`, which follow these.
    void append(const StepBlock& later);

  private:
    QVector<float>& of(qsizetype expected, const QString& name);
    void fill();
    qsizetype steps_ = 0;
    QVector<StepSeries> series_;
};

// Values as columns hold them: {"validation.loss":0.35}. NaN is left out, or null; infinity is "inf". No
// value where the text is not of this form.
QByteArray toJson(const NamedValues& values);
std::optional<NamedValues> valuesFromJson(const QByteArray& json);
QByteArray toJson(const QVector<SeriesSummary>& series); ///< {"validation.loss":[last,least,greatest]}
std::optional<QVector<SeriesSummary>> seriesFromJson(const QByteArray& json);

} // namespace burdock::storage
