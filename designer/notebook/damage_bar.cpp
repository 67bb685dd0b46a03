#include "notebook/damage_bar.h"

#include "theme/theme.h"

#include <QMessageBox>
#include <QPushButton>

namespace burdock {

DamageBar::DamageBar(std::shared_ptr<storage::Notebook> notebook, QWidget* parent)
    : QLabel(parent)
    , notebook_(std::move(notebook)) {
    setProperty("role", "error");
    setWordWrap(true);
    setTextFormat(Qt::RichText);
    setMargin(Theme::instance().space(2));
    connect(this, &QLabel::linkActivated, this, &DamageBar::askToRemoveOrphans);
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
    setVisible(damage.has_value());
    if (!damage) return setText({});
    storage::StorageError told = *damage;
    // The command that mends it is for those who have no window.
    const bool orphans = told.mend.contains(QStringLiteral("--delete-orphans"));
    if (orphans) told.mend = tr("Restore the notebook from a backup, or");
    QString text = told.oneLine().toHtmlEscaped();
    if (orphans) text += QStringLiteral(" <a href='orphans'>%1</a>").arg(tr("delete what is left of them…"));
    setText(text);
}

void DamageBar::askToRemoveOrphans() {
    auto* box = new QMessageBox(QMessageBox::Warning, tr("Delete what is left"),
                                tr("Delete the rows of runs and weights that another program has deleted "
                                   "only in part? They do not come back."),
                                QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* go = box->addButton(tr("Delete the rows"), QMessageBox::DestructiveRole);
    connect(go, &QPushButton::clicked, this, &DamageBar::removeOrphans);
    box->open();
}

void DamageBar::removeOrphans() {
    looking_ = true; // what is seen meanwhile is of no use
    setText(tr("Deleting what is left…"));
    worker_.post(
        this,
        [notebook = notebook_]() -> storage::Outcome<std::optional<storage::StorageError>> {
            if (const auto removed = notebook->removeOrphans(); !removed)
                return storage::refuse(removed.error());
            return notebook->damageNow();
        },
        [this](const storage::Outcome<std::optional<storage::StorageError>>& found) {
            looking_ = false;
            seen_.clear();
            tell(found ? *found : found.error());
        });
}

} // namespace burdock
