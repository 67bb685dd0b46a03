#pragma once

#include "datapage/column_use.h"
#include "datapage/survey.h"

#include <QString>

namespace burdock {

/// Something about the data that may spoil what is learned of them.
struct Finding {
    QString text;
    QString mend;        ///< what can be done, in words or on a button
    ParamValues options; ///< of the data set: set by the button; none: there is none
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// Unbalanced and empty classes, columns that are constant or mostly missing, targets that never change,
/// repeated samples, and test samples that are trained on.
std::vector<Finding> findingsIn(const DatasetInfo& info, const DataSurvey& survey, const ColumnUse& use);

} // namespace burdock
