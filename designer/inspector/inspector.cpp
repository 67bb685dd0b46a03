#include "inspector/inspector.h"

#include "document/graph_document.h"
#include "document/graph_edits.h"
#include "inspector/network_page.h"
#include "inspector/node_page.h"
#include "inspector/param_field.h"
#include "inspector/problem_cards.h"

#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <QWhatsThis>
#include <QWhatsThisClickedEvent>

#include <algorithm>
#include <set>

namespace burdock {
namespace {

QScrollArea* scrolled(QWidget* page, QWidget* parent) {
    auto* area = new QScrollArea(parent);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFrameShape(QFrame::NoFrame);
    area->viewport()->setAutoFillBackground(false);
    page->setAutoFillBackground(false);
    area->setWidget(page);
    return area;
}

} // namespace

Inspector::Inspector(GraphDocument& document, QWidget* parent)
    : QWidget(parent)
    , document_(document)
    , pages_(new QStackedWidget(this))
    , network_(new NetworkPage(document, this))
    , node_(new NodePage(document, this)) {
    setObjectName(QStringLiteral("inspector"));
    setAccessibleName(tr("Inspector"));
    setProperty("panel", true);
    setAttribute(Qt::WA_StyledBackground);
    setMinimumWidth(240);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pages_);
    pages_->addWidget(scrolled(network_, this));
    auto* nodePage = new QWidget(this);
    auto* column = new QVBoxLayout(nodePage);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    QScrollArea* area = scrolled(node_, nodePage);
    auto* cards = new ProblemCards(*area, nodePage);
    column->addWidget(area, 1);
    column->addWidget(cards);
    pages_->addWidget(nodePage);
    connect(node_, &NodePage::problemsFound, cards, &ProblemCards::setProblems);
    connect(node_, &NodePage::textsRefused, this, &Inspector::textsRefused);
    connect(node_, &NodePage::dataWanted, this, &Inspector::dataWanted);
    connect(cards, &ProblemCards::fixRequested, this, [this](const Fix& fix) {
        if (applyFix(document_, fix)) emit mended();
    });
    connect(&document_, &GraphDocument::selectionChanged, this, &Inspector::onSelection);
    connect(&document_, &GraphDocument::graphChanged, this, &Inspector::onGraph);
    connect(&document_, &GraphDocument::problemsChanged, this, &Inspector::onGraph);
    onSelection();
}

void Inspector::onSelection() {
    const std::set<NodePath> selected(document_.selectedPaths().begin(), document_.selectedPaths().end());
    std::vector<NodePath> nodes;
    for (const Node& n : document_.graph().nodes()) // in their order, with what is selected within each
        for (auto it = selected.lower_bound(n.id); it != selected.end() && it->top() == n.id; ++it)
            nodes.push_back(*it);
    if (nodes.empty()) {
        pages_->setCurrentIndex(0);
        network_->refresh();
    } else {
        pages_->setCurrentIndex(1);
        node_->show(nodes);
    }
}

void Inspector::onGraph() {
    // A node that is gone leaves the selection right after; the page copes with that moment.
    if (pages_->currentIndex() == 0)
        network_->refresh();
    else
        node_->refresh();
}

Inspector::~Inspector() {
    hide(); // as a window of its own it leaves the field that is typed into while it can hear of it
}

void Inspector::editName() {
    pages_->currentIndex() == 1 ? node_->editName() : network_->editName();
}

void Inspector::showHelp() {
    if (pages_->currentIndex() != 1) return;
    QWhatsThis::showText(mapToGlobal(QPoint(0, 0)), node_->helpText(), this);
}

void Inspector::setKernels(std::vector<NodeKernel> kernels) {
    node_->setKernels(std::move(kernels));
}

bool Inspector::event(QEvent* event) {
    if (event->type() != QEvent::WhatsThisClicked) return QWidget::event(event);
    emit referenceWanted(static_cast<QWhatsThisClickedEvent*>(event)->href());
    return true;
}

void Inspector::editFirst() {
    if (pages_->currentIndex() != 1) return;
    for (const ParamField* field : node_->findChildren<ParamField*>())
        if (field->isVisible()) return field->editor()->setFocus();
    node_->editName();
}

} // namespace burdock
