#pragma once

#include <QObject>
#include <QPointer>

class QLabel;
class QWidget;

namespace burdock {

/// What is wrong with what is being typed into a field: right below the field, over what comes next, so that
/// nothing moves under the mouse.
class FieldMessage final : public QObject {
  public:
    explicit FieldMessage(QWidget& field); ///< becomes the field's child
    ~FieldMessage() override;

    void say(const QString& text); ///< empty: nothing is wrong

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void follow();
    void place();

    QWidget& field_;
    QPointer<QLabel> label_; ///< a child of the page that the field is on; made when first needed
};

} // namespace burdock
