#pragma once

#include "engine/data/transform.h"

#include <QWidget>

class QToolButton;
class QVBoxLayout;

namespace burdock {

class ParamForm;
class Workspace;

/// The transforms that the training pictures go through, in their order: each with its settings and a button
/// that takes it out, and a menu of those there are.
class AugmentationList : public QWidget {
    Q_OBJECT
  public:
    explicit AugmentationList(Workspace& workspace, QWidget* parent = nullptr);

    QToolButton& addButton() const { return *add_; }
    /// The settings of the transform at that place of the list.
    ParamForm& form(std::size_t index) const { return *forms_[index]; }

  private:
    void show(const std::vector<TransformUse>& uses);
    void rebuild(const std::vector<TransformUse>& uses);
    void change(const std::function<void(std::vector<TransformUse>&)>& edit);

    Workspace& workspace_;
    QVBoxLayout* rows_;
    QToolButton* add_;
    std::vector<std::string> shown_; ///< the ids for which the rows were built
    std::vector<ParamForm*> forms_;
};

} // namespace burdock
