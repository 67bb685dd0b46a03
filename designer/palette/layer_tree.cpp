#include "palette/layer_tree.h"

#include "engine/schema/layer_registry.h"
#include "palette/layer_search.h"
#include "theme/theme.h"

#include <QDrag>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>

namespace burdock {
namespace {

constexpr int idRole = Qt::UserRole;
constexpr int categoryRole = Qt::UserRole + 1;

QString categoryToken(const QString& key) {
    return QStringLiteral("category.") + key;
}

QString describe(const LayerSchema& layer) {
    QString html = QStringLiteral("<b>%1</b>").arg(QString::fromStdString(layer.name).toHtmlEscaped());
    if (!layer.formula.empty())
        html += QStringLiteral("<br><i>%1</i>").arg(QString::fromStdString(layer.formula).toHtmlEscaped());
    return html + QStringLiteral("<br>%1").arg(QString::fromStdString(layer.doc).toHtmlEscaped());
}

/// What hangs at the pointer while a layer is dragged: a small card with its category's edge.
QPixmap dragPicture(const QString& name, const QString& category, qreal ratio) {
    const Theme& theme = Theme::instance();
    const QFont font = theme.font(QStringLiteral("strong"));
    const QSize size(QFontMetrics(font).horizontalAdvance(name) + 36, 34);
    QPixmap picture(size * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF card = QRectF(QPointF(), size).adjusted(1, 1, -1, -1);
    painter.setPen(QPen(theme.color(QStringLiteral("line.strong")), 1));
    painter.setBrush(theme.color(QStringLiteral("raised")));
    painter.drawRoundedRect(card, theme.radius(), theme.radius());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(categoryToken(category)));
    painter.drawRoundedRect(QRectF(card.left() + 4, card.top() + 6, 4, card.height() - 12), 2, 2);
    painter.setPen(theme.color(QStringLiteral("ink")));
    painter.setFont(font);
    painter.drawText(card.adjusted(18, 0, -8, 0), Qt::AlignVCenter, name);
    return picture;
}

} // namespace

LayerTree::LayerTree(const LayerRegistry& registry, QWidget* parent)
    : QTreeWidget(parent)
    , registry_(registry) {
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setIndentation(0);
    setIconSize({18, 18});
    setUniformRowHeights(false);
    setExpandsOnDoubleClick(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTextElideMode(Qt::ElideRight);
    setDragDropMode(QAbstractItemView::DragOnly);
    setProperty("flatList", true);
    setAccessibleName(tr("Layers"));

    for (const Category category : allCategories()) {
        const QString key = QString::fromUtf8(categoryKey(category));
        QTreeWidgetItem* group = nullptr;
        for (const LayerSchema& layer : registry) {
            if (layer.category != category) continue;
            if (!group) {
                group = new QTreeWidgetItem(this, {QString::fromUtf8(categoryLabel(category)).toUpper()});
                group->setFlags(Qt::ItemIsEnabled);
            }
            auto* item = new QTreeWidgetItem(group, {QString::fromStdString(layer.name)});
            item->setData(0, idRole, QString::fromStdString(layer.id));
            item->setData(0, categoryRole, key);
            item->setIcon(0, Theme::instance().icon(QStringLiteral("category-") + key, categoryToken(key)));
            item->setToolTip(0, describe(layer));
            item->setSizeHint(0, {0, 30});
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled);
        }
    }
    expandAll();
    restyle();
    connect(&Theme::instance(), &Theme::changed, this, &LayerTree::restyle);
    connect(this, &QTreeWidget::itemDoubleClicked, this, &LayerTree::activateCurrent);
}

void LayerTree::restyle() {
    QFont caption = Theme::instance().font(QStringLiteral("caption"));
    caption.setWeight(QFont::DemiBold);
    caption.setLetterSpacing(QFont::AbsoluteSpacing, 0.6);
    for (int i = 0; i < topLevelItemCount(); ++i) {
        topLevelItem(i)->setFont(0, caption);
        topLevelItem(i)->setForeground(0, Theme::instance().color(QStringLiteral("ink.soft")));
        topLevelItem(i)->setSizeHint(0, {0, i == 0 ? 26 : 34});
        topLevelItem(i)->setTextAlignment(0, Qt::AlignLeft | Qt::AlignBottom);
    }
}

int LayerTree::filter(const QString& query) {
    const std::string typedText = query.toStdString();
    int found = 0, best = 0;
    QTreeWidgetItem* bestItem = nullptr;
    for (int g = 0; g < topLevelItemCount(); ++g) {
        QTreeWidgetItem* group = topLevelItem(g);
        bool any = false;
        for (int i = 0; i < group->childCount(); ++i) {
            QTreeWidgetItem* item = group->child(i);
            const LayerSchema* layer = registry_.find(item->data(0, idRole).toString().toStdString());
            const int match = layer ? layerMatch(*layer, typedText) : 0;
            item->setHidden(match == 0);
            if (match == 0) continue;
            any = true;
            ++found;
            if (match > best) {
                best = match;
                bestItem = item;
            }
        }
        group->setHidden(!any);
    }
    setCurrentItem(query.trimmed().isEmpty() ? nullptr : bestItem);
    return found;
}

QString LayerTree::currentLayer() const {
    return currentItem() ? currentItem()->data(0, idRole).toString() : QString();
}

void LayerTree::moveCurrent(int by) {
    QTreeWidgetItem* item = currentItem() ? currentItem() : topLevelItem(0);
    do {
        item = item ? (by > 0 ? itemBelow(item) : itemAbove(item)) : nullptr;
    } while (item && item->data(0, idRole).isNull());
    if (item) setCurrentItem(item);
}

QStringList LayerTree::mimeTypes() const {
    return {QLatin1String(paletteLayerMime)};
}

QMimeData* LayerTree::mimeData(const QList<QTreeWidgetItem*>& items) const {
    if (items.isEmpty() || items.front()->data(0, idRole).isNull()) return nullptr;
    auto* data = new QMimeData;
    data->setData(QLatin1String(paletteLayerMime), items.front()->data(0, idRole).toString().toUtf8());
    return data;
}

void LayerTree::startDrag(Qt::DropActions) {
    const QTreeWidgetItem* item = currentItem();
    if (!item || item->data(0, idRole).isNull()) return;
    auto* drag = new QDrag(this);
    drag->setMimeData(mimeData({currentItem()}));
    drag->setPixmap(dragPicture(item->text(0), item->data(0, categoryRole).toString(), devicePixelRatioF()));
    drag->setHotSpot({18, 17});
    drag->exec(Qt::CopyAction);
}

void LayerTree::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return activateCurrent();
    const QString text = event->text();
    if (!text.isEmpty() && text.front().isPrint() &&
        !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)))
        emit typed(text);
    else
        QTreeWidget::keyPressEvent(event);
}

void LayerTree::activateCurrent() {
    if (const QString id = currentLayer(); !id.isEmpty()) emit layerActivated(id);
}

} // namespace burdock
