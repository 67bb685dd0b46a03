#include "inspector/network_page.h"

#include "document/graph_document.h"
#include "engine/plan/truth_table.h"
#include "inspector/fact_list.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace burdock {

namespace {

QString layersText(const GraphReport& report, const Graph& graph) {
    const auto cards = static_cast<qint64>(graph.nodes().size());
    if (!report.network) return exactCount(cards);
    const auto layers = static_cast<qint64>(report.network->steps().size());
    return layers == cards ? exactCount(layers)
                           : NetworkPage::tr("%1 on %2 cards").arg(exactCount(layers), exactCount(cards));
}

} // namespace

NetworkPage::NetworkPage(GraphDocument& document, QWidget* parent)
    : QWidget(parent)
    , document_(document)
    , name_(new QLineEdit(this))
    , hint_(new QLabel(this))
    , facts_(new FactList(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 12, 16);
    layout->setSpacing(10);
    auto* kind = new QLabel(tr("Network"), this);
    kind->setProperty("role", "soft");
    layout->addWidget(kind);
    name_->setObjectName(QStringLiteral("networkName"));
    name_->setProperty("title", true);
    name_->setFont(Theme::instance().font(QStringLiteral("title")));
    name_->setPlaceholderText(tr("Unnamed network"));
    name_->setAccessibleName(tr("Name of the network"));
    layout->addWidget(name_);
    connect(name_, &QLineEdit::textEdited, this, [this](const QString& name) {
        document_.edit(
            tr("Rename network"), [&](Graph& graph) { graph.name = name.trimmed().toStdString(); },
            QStringLiteral("network name"));
    });
    connect(name_, &QLineEdit::editingFinished, this, [this] {
        document_.sealMerge();
        name_->setText(QString::fromStdString(document_.graph().name)); // without the blank at its end
    });
    layout->addWidget(facts_);
    hint_->setWordWrap(true);
    hint_->setProperty("role", "soft");
    layout->addWidget(hint_);
    layout->addStretch();
    refresh();
}

void NetworkPage::editName() {
    name_->setFocus();
    name_->selectAll();
}

void NetworkPage::refresh() {
    const Graph& graph = document_.graph();
    const GraphReport& report = document_.report();
    const auto shape = [&](NodeId id) {
        const auto s = report.shapeOf(id);
        return s ? QString::fromStdString(toString(*s)) : tr("unknown yet");
    };
    // A blank at the end is the user's to finish.
    const QString name = QString::fromStdString(graph.name);
    if (name_->text() != name && !(name_->hasFocus() && name_->text().trimmed() == name)) {
        name_->setText(name);
        name_->setCursorPosition(0); // of a long one the beginning tells most
    }
    name_->setToolTip(
        plainTip(tr("%1\nThe network's name (F2): its runs are called by it.").arg(name).trimmed()));
    facts_->setVisible(!graph.nodes().empty()); // else the place of those that were stays
    if (graph.nodes().empty()) {
        hint_->setText(
            tr("The canvas is empty. Drag an Input from the palette to the left, or choose a network "
               "under File › New from template."));
        return;
    }
    // Of a network with errors a part is counted, or nothing: none of that is its size.
    const auto known = [&](const QString& text) { return report.network ? text : tr("unknown yet"); };
    QVector<FactList::Fact> facts{
        {tr("Layers"), layersText(report, graph),
         tr("Those within blocks count as often as the block is repeated")},
        {tr("Input"), shape(report.input), tr("Height × width × channels of one sample")},
        {tr("Output"), shape(report.output), tr("Height × width × channels of one sample")},
        {tr("Parameters"), known(exactCount(report.parameters)),
         tr("Numbers that training changes, or has changed")},
        {tr("Multiply-adds"), known(humanCount(report.macs)),
         report.network ? tr("For one sample, forward: %1").arg(exactCount(report.macs))
                        : tr("For one sample, forward")},
        {tr("Memory of weights"), known(humanBytes(report.parameters * 4)), tr("In single precision")},
    };
    if (report.network && report.trainable != report.parameters)
        facts.append(
            {tr("Trainable"), exactCount(report.trainable), tr("Those in layers that are not frozen")});
    facts_->setFacts(facts);
    const bool computes = report.network && report.network->parameters() == 0 &&
                          report.network->steps().size() > 1 && checkTruthTable(*report.network, false);
    hint_->setText(
        report.hasErrors()
            ? tr("Some layers have problems: they carry a badge on the canvas and stand in the list below. "
                 "Select one to see what is wrong and how to mend it.")
        : computes
            ? tr("What it answers to every input stands below the canvas, where its layers compute one after "
                 "another. It has no weights to learn: there is nothing to train.")
            : tr("Select a layer to see and change its settings. Press Train when the network is as you "
                 "want it."));
}

} // namespace burdock
