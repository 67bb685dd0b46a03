#pragma once

#include "start/template_words.h"

#include <QAbstractButton>

#include <optional>

class QToolButton;

namespace burdock {

/// A template in the gallery: picture, name, a line of text, what it needs and how long it takes. Clicked, it
/// is to be opened; by the button in its corner, or Ctrl+Enter, trained at once.
class TemplateCard : public QAbstractButton {
    Q_OBJECT
  public:
    explicit TemplateCard(const ModelTemplate& model, QWidget* parent = nullptr);

    const ModelTemplate& model() const { return model_; }
    void setFacts(TemplateFacts facts);
    const TemplateFacts* facts() const { return facts_ ? &*facts_ : nullptr; }
    void setWords(const TemplateWords& words);
    const TemplateWords& words() const { return words_; }
    QToolButton* trainButton() const { return train_; }
    /// Whether each of the words is found in its name, its text, its group or its layers.
    bool matches(const QStringList& words) const;

    static constexpr int narrowest = 236, height = 252;

  signals:
    void trainWanted();
    void walked(int key); ///< an arrow key, Home or End

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    void paintText(QPainter& painter) const;
    void paintLine(QPainter& painter, int row, const QString& icon, const QString& text, int width) const;

    const ModelTemplate& model_;
    std::optional<TemplateFacts> facts_;
    TemplateWords words_;
    QToolButton* train_;
};

} // namespace burdock
