#include "palette/layer_palette.h"

#include "engine/schema/layer_registry.h"
#include "palette/layer_tree.h"
#include "theme/theme.h"

#include <QAction>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace burdock {

LayerPalette::LayerPalette(QWidget* parent)
    : LayerPalette(layerRegistry(), parent) {}

LayerPalette::LayerPalette(const LayerRegistry& registry, QWidget* parent)
    : QWidget(parent)
    , search_(new QLineEdit(this))
    , tree_(new LayerTree(registry, this))
    , nothing_(new QLabel(this)) {
    setObjectName(QStringLiteral("palette"));
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    setMinimumWidth(150);

    search_->setObjectName(QStringLiteral("paletteSearch"));
    search_->setPlaceholderText(tr("Search layers"));
    search_->setAccessibleName(tr("Search layers"));
    search_->setClearButtonEnabled(true);
    search_->addAction(Theme::instance().icon(QStringLiteral("search"), QStringLiteral("ink.soft")),
                       QLineEdit::LeadingPosition);
    search_->installEventFilter(this);
    nothing_->setWordWrap(true);
    nothing_->setProperty("role", "soft");
    nothing_->setContentsMargins(4, 8, 4, 8);
    nothing_->hide();

    const int space = Theme::instance().space();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * space, 3 * space, 2 * space, 0);
    layout->setSpacing(2 * space);
    layout->addWidget(search_);
    layout->addWidget(nothing_);
    layout->addWidget(tree_, 1);
    setFocusProxy(search_);

    connect(search_, &QLineEdit::textChanged, this, &LayerPalette::onSearch);
    connect(search_, &QLineEdit::returnPressed, this, [this] {
        if (const QString id = tree_->currentLayer(); !id.isEmpty()) emit layerActivated(id);
    });
    connect(tree_, &LayerTree::layerActivated, this, &LayerPalette::layerActivated);
    connect(tree_, &LayerTree::typed, this, [this](const QString& text) {
        search_->setFocus();
        search_->setText(text);
    });
}

void LayerPalette::focusSearch() {
    search_->setFocus();
    search_->selectAll();
}

bool LayerPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            tree_->moveCurrent(key == Qt::Key_Down ? 1 : -1);
            return true;
        }
        if (key == Qt::Key_Escape && !search_->text().isEmpty()) {
            search_->clear();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void LayerPalette::onSearch(const QString& query) {
    const bool found = tree_->filter(query) > 0;
    nothing_->setVisible(!found);
    nothing_->setText(tr("No layer is called “%1”. Try another word, or clear the search.").arg(query));
}

} // namespace burdock
