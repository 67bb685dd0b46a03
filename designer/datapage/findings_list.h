#pragma once

#include "datapage/findings.h"

#include <QWidget>

class QVBoxLayout;

namespace burdock {

/// What was found in the data, one below the other, each with what can be done about it.
class FindingsList : public QWidget {
    Q_OBJECT
  public:
    explicit FindingsList(QWidget* parent = nullptr);
    /// `state`: what to say where nothing was found, or is looked for yet.
    void setFindings(const std::vector<Finding>& findings, const QString& state);

  signals:
    void optionsWanted(const burdock::ParamValues& options);

  private:
    QVBoxLayout* layout_;
};

} // namespace burdock
