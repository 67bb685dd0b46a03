#include "datapage/findings.h"

#include "engine/train/advice.h"
#include "theme/theme.h"

#include <QCoreApplication>

#include <algorithm>

namespace burdock {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(burdock::Findings)
};

QString named(const std::string& name) {
    return QStringLiteral("“%1”").arg(QString::fromStdString(name));
}

/// "“a”, “b” and 3 more".
QString listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 4;
    QStringList shown;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
        shown << named(names[i]);
    const QString text = shown.join(QStringLiteral(", "));
    return names.size() > most ? Words::tr("%1 and %2 more").arg(text).arg(names.size() - most) : text;
}

/// What takes columns out, where that can be done.
void offerToIgnore(Finding& finding, const std::vector<std::string>& columns, const ColumnUse& use) {
    if (!use.canIgnore()) return;
    finding.options = use.ignoring(columns);
    finding.mend = columns.size() == 1 ? Words::tr("Leave it out") : Words::tr("Leave them out");
}

void findColumns(std::vector<Finding>& found, const DatasetInfo& info, const DataSurvey& survey,
                 const ColumnUse& use) {
    if (info.featureNames.empty()) return; // a pixel may well be constant
    std::vector<std::string> constant, missing, constantColumns, missingColumns;
    for (std::size_t i = 0; i < survey.inputs.size(); ++i) {
        const ColumnSurvey& feature = survey.inputs[i];
        const std::string column = use.columnOf(i, feature.name);
        if (feature.count == 0 || feature.isConstant()) {
            constant.push_back(feature.name);
            constantColumns.push_back(column);
        }
        if (feature.count > 0 && feature.missingShare() > 0.5) {
            missing.push_back(feature.name);
            missingColumns.push_back(column);
        }
    }
    if (!constant.empty()) {
        Finding finding{Words::tr("The same in every sample, so that nothing can be learned of it: %1.")
                            .arg(listed(constant)),
                        {},
                        {}};
        offerToIgnore(finding, constantColumns, use);
        found.push_back(std::move(finding));
    }
    if (!missing.empty()) {
        Finding finding{
            Words::tr("Missing in more than half of the samples, where the mean stands for it: %1.")
                .arg(listed(missing)),
            {},
            {}};
        offerToIgnore(finding, missingColumns, use);
        found.push_back(std::move(finding));
    }
}

TargetCounts countsIn(const DatasetInfo& info, const DataSurvey& survey) {
    TargetCounts counts{static_cast<double>(survey.trainSize), {}};
    for (const ClassSurvey& of : survey.classes)
        counts.of.push_back(static_cast<double>(of.train));
    const bool oneQuestion = info.task->targetKind == TargetKind::YesNo && info.targets == 1;
    if (oneQuestion) counts.of.erase(counts.of.begin()); // of its no
    return counts;
}

/// Of masks. A survey tells which labels are met, and not how many of the pixels have one.
ClassBalance labelsIn(const DataSurvey& survey) {
    ClassBalance balance;
    balance.samples = static_cast<double>(survey.trainSize);
    for (std::size_t i = 0; i < survey.classes.size(); ++i)
        if (survey.classes[i].train == 0) balance.absent.push_back(static_cast<std::int64_t>(i));
    return balance;
}

/// What training on them would be advised of too, and what only the test shows.
void findClasses(std::vector<Finding>& found, const DatasetInfo& info, const DataSurvey& survey) {
    if (survey.classes.size() < (info.mask ? 1 : 2) || info.task->generates || survey.trainSize == 0) return;
    const auto words = [](const std::string& text) { return QString::fromStdString(text); };
    const auto tell = [&](const std::optional<Diagnostic>& d) {
        if (d) found.push_back({words(d->what) + u' ' + words(d->why), words(d->mend), {}});
    };
    const ClassBalance balance = info.mask ? labelsIn(survey) : balanceOf(info, countsIn(info, survey));
    tell(tellAbsent(info, balance));
    std::vector<std::string> untested;
    for (const ClassSurvey& of : survey.classes)
        if (of.train > 0 && of.test == 0 && survey.testSize > 0) untested.push_back(of.name);
    if (!untested.empty())
        found.push_back({Words::tr("No test sample is of the class %1.").arg(listed(untested)),
                         Words::tr("The test does not tell how well it is learned."),
                         {}});
    tell(tellUnbalanced(info, balance));
}

void findRepeated(std::vector<Finding>& found, const DatasetInfo& info, const DataSurvey& survey) {
    if (survey.shared > 0)
        found.push_back(
            {(survey.shared == 1 ? Words::tr("%1 test sample (%2) is also trained on.")
                                 : Words::tr("%1 test samples (%2) are also trained on."))
                 .arg(exactCount(survey.shared), humanPercent(static_cast<double>(survey.shared) /
                                                              static_cast<double>(survey.testSize))),
             Words::tr("The test will look better than the network is. The first is test sample %1, which is "
                       "sample %2 to train on.")
                 .arg(exactCount(survey.sharedSamples.front().test + 1),
                      exactCount(survey.sharedSamples.front().train + 1)),
             {}});
    if (survey.repeated > 0 && !info.task->generates)
        found.push_back(
            {(survey.repeated == 1 ? Words::tr("%1 sample to train on (%2) repeats another one.")
                                   : Words::tr("%1 samples to train on (%2) repeat others."))
                 .arg(exactCount(survey.repeated), humanPercent(static_cast<double>(survey.repeated) /
                                                                static_cast<double>(survey.trainSize))),
             {},
             {}});
}

} // namespace

std::vector<Finding> findingsIn(const DatasetInfo& info, const DataSurvey& survey, const ColumnUse& use) {
    std::vector<Finding> found;
    findClasses(found, info, survey);
    for (const ColumnSurvey& target : survey.targets)
        if (target.isConstant())
            found.push_back({Words::tr("The target is %1 in every sample.").arg(humanNumber(target.minimum)),
                             Words::tr("There is nothing to learn: choose another column."),
                             {}});
    findColumns(found, info, survey, use);
    findRepeated(found, info, survey);
    return found;
}

} // namespace burdock
