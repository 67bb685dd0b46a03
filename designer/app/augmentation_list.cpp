#include "app/augmentation_list.h"

#include "app/refused_texts.h"
#include "app/text.h"
#include "app/workspace.h"
#include "inspector/param_form.h"
#include "reference/reference.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

namespace burdock {
namespace {} // namespace

AugmentationList::AugmentationList(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , workspace_(workspace)
    , rows_(new QVBoxLayout)
    , add_(new QToolButton(this)) {
    setObjectName(QStringLiteral("augmentation"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(rows_);
    column->addWidget(add_, 0, Qt::AlignLeft);
    add_->setText(tr("Add a transform"));
    add_->setIcon(Theme::instance().icon(QStringLiteral("plus")));
    add_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    add_->setToolTip(tr("Changes the training pictures a little, anew in every epoch"));
    add_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(add_);
    menu->setToolTipsVisible(true);
    for (const TransformSchema& transform : transforms()) {
        QAction* action = menu->addAction(text(transform.name));
        action->setToolTip(text(transform.doc));
        connect(action, &QAction::triggered, this, [this, id = transform.id] {
            change([&](std::vector<TransformUse>& uses) { uses.push_back({id, {}}); });
        });
    }
    add_->setMenu(menu);
    const auto follow = [this] { show(workspace_.settings().config().augmentation); };
    connect(&workspace_.settings(), &TrainingSettings::changed, this, follow);
    follow();
}

void AugmentationList::change(const std::function<void(std::vector<TransformUse>&)>& edit) {
    TrainConfig config = workspace_.settings().config();
    edit(config.augmentation);
    workspace_.settings().setConfig(config);
}

void AugmentationList::show(const std::vector<TransformUse>& uses) {
    std::vector<std::string> ids;
    for (const TransformUse& use : uses)
        ids.push_back(use.id);
    if (ids != shown_) {
        rebuild(uses);
        shown_ = std::move(ids);
    }
    for (std::size_t i = 0; i < uses.size(); ++i)
        forms_[i]->setValues(uses[i].params);
}

void AugmentationList::rebuild(const std::vector<TransformUse>& uses) {
    while (QLayoutItem* item = rows_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    forms_.clear();
    for (std::size_t i = 0; i < uses.size(); ++i) {
        const TransformSchema* transform = findTransform(uses[i].id);
        auto* row = new QWidget(this);
        auto* column = new QVBoxLayout(row);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(4);
        auto* title = new QHBoxLayout;
        auto* name = new QLabel(text(transform ? transform->name : uses[i].id), row);
        name->setToolTip(transform ? text(transform->doc) : QString());
        auto* remove = new QToolButton(row);
        remove->setIcon(Theme::instance().icon(QStringLiteral("close")));
        remove->setAutoRaise(true);
        remove->setToolTip(plainTip(tr("Take %1 out").arg(name->text())));
        remove->setAccessibleName(remove->toolTip());
        connect(remove, &QToolButton::clicked, this, [this, i] {
            change([i](std::vector<TransformUse>& all) {
                all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
            });
        });
        title->addWidget(name, 1);
        title->addWidget(remove);
        column->addLayout(title);
        auto* form = new ParamForm(row);
        form->setSpecs(transform ? transform->params : std::vector<ParamSpec>{});
        if (transform) {
            row->setProperty("reference", text(referenceAddress(*transform)));
            form->setReference(text(referenceAddress(*transform)) + u'.');
        }
        connect(form, &ParamForm::changed, this, [this, i](const QString& key, const ParamValue& value) {
            change([&](std::vector<TransformUse>& all) { all[i].params[key.toStdString()] = value; });
        });
        hinderWhileRefused(workspace_, *form);
        column->addWidget(form);
        rows_->addWidget(row);
        forms_.push_back(form);
    }
}

} // namespace burdock
