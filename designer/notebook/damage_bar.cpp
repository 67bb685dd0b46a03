#include "notebook/damage_bar.h"

#include "theme/theme.h"

namespace burdock {

DamageBar::DamageBar(std::shared_ptr<storage::Notebook> notebook, QWidget* parent)
    : QLabel(parent)
    , notebook_(std::move(notebook)) {
    setProperty("role", "error");
    setWordWrap(true);
    setMargin(Theme::instance().space(2));
    hide();
}

void DamageBar::look(const QString& stamp) {
    if (looking_ || stamp == seen_) return; // of a change during a look, whoever calls tells again
    seen_ = stamp;
    looking_ = true;
    worker_.post(
        this, [notebook = notebook_] { return notebook->damageNow(); },
        [this](const storage::Outcome<std::optional<storage::StorageError>>& found) {
            looking_ = false;
            if (!found) seen_.clear();
            tell(found ? *found : found.error());
        });
}

void DamageBar::tell(const std::optional<storage::StorageError>& damage) {
    setText(damage ? damage->oneLine() : QString());
    setVisible(damage.has_value());
}

} // namespace burdock
