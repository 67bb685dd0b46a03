#pragma once

#include "surface/surface_view.h"

#include <array>

class QBoxLayout;
class QComboBox;
class QHBoxLayout;
class QLabel;

namespace burdock {

/// A surface with its title, its legend, and what there is to choose: two of several features as axes, one
/// of several answers.
class SurfaceBox : public QWidget {
    Q_OBJECT
  public:
    explicit SurfaceBox(QWidget* parent = nullptr);

    void setSurface(std::shared_ptr<const DrawnSurface> drawn); ///< null: none
    const SurfaceChoice& choice() const { return choice_; }
    void resetChoice() { choice_ = {}; }
    SurfaceView& view() const { return *view_; }
    QComboBox* axisField(int axis) const { return choices_[static_cast<std::size_t>(axis)].field; }
    QComboBox* answerField() const { return choices_[2].field; }
    QLabel& legend() const { return *legend_; }
    QHBoxLayout& bar() const { return *bar_; } ///< beside the title

  signals:
    void choiceChanged();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void offer(const SurfaceScene& scene);
    void take();
    void showChoice();
    void tell();

    SurfaceChoice choice_;
    const SurfaceScene* offered_ = nullptr; ///< whose axes and answers the fields hold
    QHBoxLayout* bar_;
    QBoxLayout* body_; ///< the view, and what is told of it below or beside
    QLabel *title_, *rest_, *legend_;
    QWidget* fields_;
    struct Choice {
        QLabel* label;
        QComboBox* field;
    };
    std::array<Choice, 3> choices_; ///< both axes, and the answer
    SurfaceView* view_;
};

} // namespace burdock
