#pragma once

#include "start/training_times.h"

#include <QWidget>

class QLabel;

namespace burdock {

class TemplateCard;

/// All templates as cards, by their groups. Arrow keys walk them; those that a search does not find are
/// hidden. What the cards show is worked out beside the window.
class Gallery : public QWidget {
    Q_OBJECT
  public:
    Gallery(const DatasetCatalog& catalog, TrainingTimes& times, QWidget* parent = nullptr);

    void setSearch(const QString& text);
    const std::vector<TemplateCard*>& cards() const { return cards_; } ///< in their order
    std::vector<TemplateCard*> shown() const;
    TemplateCard* find(const std::string& templateId) const;
    void enter(); ///< the first card that is shown gets the keyboard

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  signals:
    void openWanted(const std::string& templateId);
    void trainWanted(const std::string& templateId);
    void currentChanged(QWidget* card); ///< has got the keyboard
    void leftAtTop();                   ///< the keyboard goes to what stands above
    void searchCleared();               ///< by the user, who found nothing

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void addCard(const ModelTemplate& model);
    void workOutFacts();
    void showWords();
    void filter();
    void walk(TemplateCard& from, int key);
    void focusCard(TemplateCard& card);
    /// The height of all; `move`: what is shown goes to its places.
    int arrange(int width, bool move) const;

    const DatasetCatalog& catalog_;
    TrainingTimes& times_;
    std::vector<TemplateCard*> cards_;
    std::map<TemplateGroup, QLabel*> headings_;
    QWidget* none_; ///< what is said where nothing is found
    QLabel* noneText_;
    QStringList search_;
    Worker worker_; ///< of facts
};

} // namespace burdock
