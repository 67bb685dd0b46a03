#pragma once

#include <QLineEdit>

#include <functional>

namespace burdock {

/// The field that lies over a card while its name is edited. Enter and leaving it keep the name, Escape does
/// not; it then deletes itself.
class NameEditor final : public QLineEdit {
    Q_OBJECT
  public:
    NameEditor(QWidget* parent, const QString& name, std::function<void(const QString&)> keep);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void finish(bool keep);

    std::function<void(const QString&)> keep_;
    bool finished_ = false;
};

} // namespace burdock
