#include "app/adapt_preview.h"

#include "app/text.h"
#include "app/workspace.h"
#include "canvas/canvas_view.h"
#include "document/card_size.h"
#include "engine/models/templates.h"
#include "notebook/run_facts.h"
#include "theme/theme.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

using namespace std::chrono_literals;

namespace burdock {
namespace {

/// The nodes that are not the same ones any more, wherever they stand.
QSet<NodeId> changedNodes(const Graph& before, const Graph& after) {
    QSet<NodeId> changed;
    for (Node node : after.nodes()) {
        const Node* old = before.find(node.id);
        if (old) node.position = old->position;
        if (!old || !(node == *old)) changed.insert(node.id);
    }
    return changed;
}

/// "Loss: auto instead of huber", a line each.
QStringList changedSettings(const TrainConfig& before, const TrainConfig& after) {
    QStringList lines;
    const ParamValues was = TrainConfig::table().write(before), is = TrainConfig::table().write(after);
    for (const ParamSpec& spec : TrainConfig::table().specs())
        if (paramOr(was, spec) != paramOr(is, spec))
            lines << AdaptPreview::tr("%1: %2 instead of %3")
                         .arg(text(spec.label), settingText(spec, paramOr(is, spec)),
                              settingText(spec, paramOr(was, spec)));
    if (before.augmentation.size() != after.augmentation.size())
        lines << AdaptPreview::tr("No augmentation, which is for pictures");
    return lines;
}

/// "28×28 → 4"; one of them where nothing changes.
QString course(const QString& before, const QString& after) {
    return before == after ? after : AdaptPreview::tr("%1 → %2").arg(before, after);
}

/// "Input 28×28 → 4 · Output 10 → 3 · 101,770 → 2,410 parameters".
QString sizesText(const GraphReport& before, const GraphReport& after) {
    const auto shape = [](const std::optional<Shape>& s) {
        return s ? text(toString(*s)) : QStringLiteral("–");
    };
    const auto ends = [&](const GraphReport& report) {
        const auto& network = report.network;
        return std::pair(shape(network ? std::optional(network->inputShape()) : std::nullopt),
                         shape(network ? std::optional(network->outputShape()) : std::nullopt));
    };
    const auto [input, output] = ends(before);
    const auto [newInput, newOutput] = ends(after);
    return AdaptPreview::tr("Input %1  ·  Output %2  ·  Parameters %3  ·  The layers that change are marked.")
        .arg(course(input, newInput), course(output, newOutput),
             course(humanCount(before.parameters), humanCount(after.parameters)));
}

} // namespace

AdaptationOffer offerFor(const Graph& graph, const DatasetInfo& data, const TrainConfig& config) {
    AdaptationOffer offer{adaptedTo(graph, data, config), std::string(fittingTemplate(data))};
    const ModelTemplate* found = findTemplate(offer.fitting);
    if (auto made = found ? adaptedTo(found->build(), data, found->settings) : refuse({}))
        offer.fittingGraph = std::move(made->graph);
    return offer;
}

AdaptPreview::AdaptPreview(Workspace& workspace, QWidget* parent)
    : QDialog(parent)
    , workspace_(workspace)
    , title_(new QLabel(this))
    , words_(new QLabel(this))
    , sizes_(new QLabel(this))
    , canvas_(new CanvasView(after_, this))
    , adapt_(new QPushButton(tr("Adapt"), this))
    , template_(new QPushButton(this))
    , offer_(60ms, [this] { estimate(); }) {
    setObjectName(QStringLiteral("adaptPreview"));
    setWindowTitle(tr("Adapt the network to the data"));
    resize(860, 560);
    title_->setFont(Theme::instance().font(QStringLiteral("strong")));
    title_->setTextFormat(Qt::PlainText);
    title_->setWordWrap(true);
    words_->setTextFormat(Qt::PlainText);
    words_->setWordWrap(true);
    words_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    words_->setAccessibleName(tr("What changes"));
    sizes_->setProperty("role", "soft");
    sizes_->setWordWrap(true);
    canvas_->setAnimated(false);
    canvas_->setMinimapWanted(false);
    canvas_->setFocusPolicy(Qt::NoFocus);
    canvas_->setAttribute(Qt::WA_TransparentForMouseEvents); // it is looked at
    canvas_->setAccessibleName(tr("The network as it would be; what changes is marked"));
    canvas_->setMinimumHeight(200);
    QSizePolicy keepsPlace = canvas_->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);
    canvas_->setSizePolicy(keepsPlace);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(words_);
    scroll->setFixedWidth(270);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    buttons->addButton(adapt_, QDialogButtonBox::AcceptRole);
    buttons->addButton(template_, QDialogButtonBox::ActionRole);
    adapt_->setObjectName(QStringLiteral("adapt"));
    template_->setObjectName(QStringLiteral("openFitting"));
    auto* row = new QHBoxLayout;
    row->addWidget(scroll);
    row->addWidget(canvas_, 1);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(Theme::instance().space(2));
    column->addWidget(title_);
    column->addLayout(row, 1);
    column->addWidget(sizes_);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(adapt_, &QPushButton::clicked, this, [this] {
        decided_ = true;
        if (made_) workspace_.adapt(*made_);
        accept();
    });
    connect(template_, &QPushButton::clicked, this, [this] {
        decided_ = true;
        workspace_.newFromTemplateForData(fitting_);
        accept();
    });
    connect(&workspace_.document(), &GraphDocument::graphChanged, this, &AdaptPreview::follow);
    connect(&workspace_.settings(), &TrainingSettings::changed, this, &AdaptPreview::follow);
    connect(&workspace_.dataset(), &DatasetLoader::changed, this, &AdaptPreview::follow);
    showNone(tr("What would change is being worked out…"), false);
    follow();
}

AdaptPreview::~AdaptPreview() = default;

void AdaptPreview::follow() {
    if (decided_) return;
    adapt_->setEnabled(false); // what is shown is of before
    offer_.outdate();
}

void AdaptPreview::estimate() {
    const DatasetLoader& loader = workspace_.dataset();
    if (const auto& data = loader.data())
        return offer_.workOut(
            [graph = workspace_.document().graph(), data, config = workspace_.settings().config()]()
                -> Result<AdaptationOffer> { return offerFor(graph, data->info(), config); },
            [this](const Result<AdaptationOffer>& offer) {
                offer ? tell(*offer) : showNone(text(oneLine(offer.error())), true);
            });
    offer_.giveUp();
    fitting_.clear();
    title_->setText(tr("Adapt the network to the data"));
    if (loader.isLoading()) return showNone(tr("The data are being read…"), false);
    showNone(loader.problem() ? text(oneLine(*loader.problem())) : tr("There are no data to adapt it to."),
             true);
}

void AdaptPreview::tell(const AdaptationOffer& offer) {
    const std::string& name = workspace_.document().graph().name;
    title_->setText(tr("Adapt “%1” to %2")
                        .arg(name.empty() ? tr("Unnamed network") : text(name),
                             text(workspace_.dataset().data()->info().title)));
    fitting_ = offer.fitting;
    if (offer.made) return showMade(*offer.made);
    showNone(text(offer.made.error().what + " " + offer.made.error().why), true, offer.fittingGraph);
}

void AdaptPreview::showMade(const Adaptation& made) {
    const Graph& before = workspace_.document().graph();
    QStringList lines;
    for (const std::string& change : made.changes)
        lines << QStringLiteral("•  ") + text(change);
    const QStringList settings = changedSettings(workspace_.settings().config(), made.config);
    if (!settings.isEmpty()) lines << QString() << tr("In the training form:");
    for (const QString& change : settings)
        lines << QStringLiteral("•  ") + change;
    const bool fits = lines.isEmpty();
    setRole(*words_, "");
    words_->setText(fits ? tr("The network suits the data as it is.") : lines.join(u'\n'));
    showNetwork(made.graph, changedNodes(before, made.graph));
    sizes_->setText(sizesText(*workspace_.document().checked(), after_.report()));
    sizes_->show();
    made_ = made;
    adapt_->setEnabled(!fits);
    adapt_->setVisible(true);
    adapt_->setDefault(!fits);
    template_->setDefault(false);
    const ModelTemplate* found = fits ? nullptr : findTemplate(fitting_);
    if (found && found->build().name == before.name) found = nullptr; // it is that one already
    template_->setVisible(found);
    if (found) template_->setText(tr("Open “%1” instead").arg(text(found->title)));
}

void AdaptPreview::showNone(const QString& why, bool wrong, const std::optional<Graph>& instead) {
    made_.reset();
    setRole(*words_, wrong ? "error" : "soft");
    words_->setText(why);
    adapt_->setVisible(false);
    const ModelTemplate* found = instead ? findTemplate(fitting_) : nullptr;
    template_->setVisible(found);
    sizes_->setVisible(found);
    canvas_->setVisible(found);
    if (!found) return;
    showNetwork(*instead, {});
    sizes_->setText(tr("“%1” as it would be for these data: %2").arg(text(found->title), text(found->doc)));
    template_->setText(tr("Open “%1”").arg(text(found->title)));
    template_->setDefault(true);
}

void AdaptPreview::showNetwork(const Graph& graph, const QSet<NodeId>& marked) {
    Graph placed = graph;
    if (needsArranging(placed)) arrange(placed, {560, 400}); // a template has no places of its own
    after_.reset(std::move(placed));
    after_.select(marked);
    canvas_->show();
    QTimer::singleShot(0, canvas_, &CanvasView::fitAll); // once it has its size
}

} // namespace burdock
