#include "inspector/node_page.h"

#include "document/graph_document.h"
#include "document/graph_edits.h"
#include "engine/graph/node_paths.h"
#include "engine/tensor/dims_text.h"
#include "engine/train/kernel_report.h"
#include "inspector/fact_list.h"
#include "inspector/field_message.h"
#include "inspector/param_field.h"
#include "inspector/param_form.h"
#include "reference/reference.h"
#include "theme/section_title.h"
#include "theme/theme.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {
namespace {

QString text(std::string_view s) {
    return QString::fromUtf8(s.data(), static_cast<qsizetype>(s.size()));
}

/// For the key of edits that merge.
QString mergeKeyOf(const NodePath& path) {
    QString key(QStringLiteral(" "));
    for (const NodeId id : path.ids())
        key += QStringLiteral("/%1").arg(id.value);
    return key;
}

/// The layers of a block, in order, and those of the blocks within it.
QString contentsList(const Graph& body) {
    QString list;
    for (const Node& node : body.nodes()) {
        if (isInput(node.type)) continue;
        const LayerSchema* schema = layerRegistry().find(node.type);
        QString what = text(node.name).toHtmlEscaped();
        if (schema)
            what += QStringLiteral(" · ") + text(schema->name).toHtmlEscaped();
        else if (node.block)
            what += (node.block->repeat > 1 ? NodePage::tr(" · block, %n times in a row", nullptr,
                                                           static_cast<int>(node.block->repeat))
                                            : NodePage::tr(" · block")) +
                    contentsList(*node.block->body);
        list += QStringLiteral("<li>%1</li>").arg(what);
    }
    return QStringLiteral("<ul style='margin-left: 10px; -qt-list-indent: 0'>%1</ul>").arg(list);
}

QString contentsText(const Block& block) {
    const QString title = block.repeat > 1 ? NodePage::tr("Made of these layers, %n times in a row:", nullptr,
                                                          static_cast<int>(block.repeat))
                                           : NodePage::tr("Made of these layers:");
    return title + contentsList(*block.body);
}

/// As kernels name it: within blocks, which may be repeated, that of the first repetition.
std::string kernelName(const Graph& graph, const NodePath& path) {
    std::string name;
    NodePath at;
    for (const NodeId id : path.ids()) {
        at = at / id;
        const Node* node = nodeAt(graph, at);
        if (!node) return {};
        name += (name.empty() ? "" : "/1/") + node->name;
    }
    return name;
}

} // namespace

NodePage::NodePage(GraphDocument& document, QWidget* parent)
    : QWidget(parent)
    , document_(document)
    , form_(new ParamForm(this))
    , facts_(new FactList(this))
    , weights_(new FactList(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 12, 16);
    layout->setSpacing(8);
    buildHeader(*layout);
    layout->addWidget(form_);
    look_ = new QPushButton(Theme::instance().icon(QStringLiteral("dataset")), tr("Look at the data"), this);
    look_->setObjectName(QStringLiteral("lookAtData"));
    connect(look_, &QPushButton::clicked, this, &NodePage::dataWanted);
    layout->addWidget(look_, 0, Qt::AlignLeft);
    frozen_ = new QCheckBox(tr("Frozen"), this);
    frozen_->setObjectName(QStringLiteral("frozen"));
    frozen_->setToolTip(
        tr("Training leaves its weights and statistics as they are, and takes less time. A frozen "
           "block freezes all layers within it."));
    layout->addWidget(frozen_);
    layout->addWidget(factsTitle_ = sectionTitle(tr("Output and cost"), this));
    layout->addWidget(facts_);
    layout->addWidget(weightsTitle_ = sectionTitle(tr("Weights"), this));
    layout->addWidget(weights_);
    layout->addWidget(formula_ = new QLabel(this));
    layout->addWidget(doc_ = new QLabel(this));
    layout->addStretch();
    for (QLabel* label : {formula_, doc_}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    formula_->setContentsMargins(0, 10, 0, 0);
    QFont italic = Theme::instance().font(QStringLiteral("title"));
    italic.setWeight(QFont::Normal);
    italic.setItalic(true);
    formula_->setFont(italic);
    doc_->setProperty("role", "soft");

    connect(form_, &ParamForm::changed, this, &NodePage::setParam);
    connect(frozen_, &QCheckBox::clicked, this, &NodePage::setFrozen);
    connect(form_, &ParamForm::validityChanged, this, [this] {
        std::vector<Diagnostic> texts = form_->refused();
        for (Diagnostic& d : texts) {
            d.node = nodes_.front();
            d.what = d.where + ": " + d.what;
            if (const Node* node = at(d.node)) d.where = node->name;
        }
        emit textsRefused(texts);
    });
    connect(form_, &ParamForm::left, this, [this] { document_.sealMerge(); });
}

void NodePage::buildHeader(QVBoxLayout& layout) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    icon_ = new QLabel(this);
    row->addWidget(icon_);
    kind_ = new QLabel(this);
    kind_->setProperty("role", "soft");
    kind_->setWordWrap(true);
    row->addWidget(kind_, 1);
    layout.addLayout(row);

    name_ = new QLineEdit(this);
    name_->setObjectName(QStringLiteral("nodeName"));
    name_->setProperty("title", true);
    name_->setFont(Theme::instance().font(QStringLiteral("title")));
    name_->setAccessibleName(tr("Name"));
    name_->setToolTip(tr("The layer's name. Its weights are stored under it."));
    layout.addWidget(name_);
    nameMessage_ = new FieldMessage(*name_);
    connect(name_, &QLineEdit::textEdited, this, &NodePage::rename);
    connect(name_, &QLineEdit::editingFinished, this, [this] {
        document_.sealMerge();
        name_->setProperty("invalid", false);
        refresh(); // what was typed in vain goes
    });
}

const Node* NodePage::at(const NodePath& path) const {
    return nodeAt(document_.graph(), path);
}

void NodePage::editAll(Graph& graph, const std::function<void(Node&)>& change) const {
    for (const NodePath& path : nodes_)
        editBody(graph, path.parent(), [&](Graph& body) { change(*body.edit(path.node())); });
}

void NodePage::show(const std::vector<NodePath>& nodes) {
    nodes_ = nodes;
    const Node* first = at(nodes_.front());
    const bool sameType = std::all_of(nodes_.begin(), nodes_.end(), [&](const NodePath& path) {
        const Node* n = at(path);
        return n && n->type == first->type;
    });
    schema_ = sameType ? layerRegistry().find(first->type) : nullptr;
    const QString wanted = schema_ ? text(schema_->id) : QString();
    if (wanted != shownSchema_ || form_->isEmpty()) {
        form_->setSpecs(schema_ ? schema_->params : std::vector<ParamSpec>{});
        if (schema_) form_->setReference(text(referenceAddress(*schema_)) + u'.');
        shownSchema_ = wanted;
    }
    const QString category = schema_ ? text(categoryKey(schema_->category)) : QStringLiteral("block");
    const QIcon icon =
        Theme::instance().icon(schema_ ? QStringLiteral("category-") + category : QStringLiteral("layers"),
                               QStringLiteral("category.") + category);
    icon_->setPixmap(icon.pixmap(QSize(18, 18), devicePixelRatioF()));
    if (schema_)
        kind_->setText(
            schema_->name.starts_with(categoryLabel(schema_->category))
                ? text(schema_->name)
                : QStringLiteral("%1 · %2").arg(text(schema_->name), text(categoryLabel(schema_->category))));
    else
        kind_->setText(!sameType                  ? tr("Layers of several types")
                       : first->type == blockType ? tr("Block")
                                                  : text(first->type));
    if (const NodePath block = nodes_.front().parent())
        kind_->setText(tr("%1, in %2", "a layer, in a block")
                           .arg(kind_->text(), text(pathText(document_.graph(), block))));
    formula_->setText(schema_ ? text(schema_->formula) : QString());
    formula_->setVisible(!formula_->text().isEmpty());
    doc_->setTextFormat(schema_ ? Qt::PlainText : Qt::RichText);
    doc_->setText(schema_ ? text(schema_->doc) : first->block ? contentsText(*first->block) : QString());
    doc_->setVisible(!doc_->text().isEmpty());
    refresh();
}

void NodePage::refresh() {
    nodes_.erase(
        std::remove_if(nodes_.begin(), nodes_.end(), [&](const NodePath& path) { return !at(path); }),
        nodes_.end());
    if (nodes_.empty()) return;
    const Node* first = at(nodes_.front());
    const bool one = nodes_.size() == 1;
    name_->setReadOnly(!one);
    const QString name = one ? text(first->name) : tr("%n layers", nullptr, static_cast<int>(nodes_.size()));
    // A blank at the end, or a name that is refused, is the user's to finish.
    const bool typing =
        name_->hasFocus() && (name_->property("invalid").toBool() || name_->text().trimmed() == name);
    if (!typing && name_->text() != name) name_->setText(name);
    if (!name_->hasFocus() || name_->text().trimmed() == name) {
        nameMessage_->say({});
        setLook(*name_, "invalid", false);
    }
    if (schema_) {
        QSet<QString> mixed;
        for (const ParamSpec& spec : schema_->params)
            for (const NodePath& path : nodes_)
                if (paramOr(at(path)->params, spec) != paramOr(first->params, spec))
                    mixed.insert(text(spec.key));
        form_->setValues(first->params, mixed);
    }
    form_->setVisible(schema_ && !schema_->params.empty());
    look_->setVisible(schema_ && schema_->isInput && !nodes_.front().parent()); // in a block, features enter
    refreshFrozen();
    refreshFacts();
    refreshProblems();
}

QString NodePage::helpText() const {
    QString help = QStringLiteral("<h3>%1</h3>").arg(kind_->text().toHtmlEscaped());
    if (!formula_->text().isEmpty())
        help += QStringLiteral("<p><i>%1</i></p>").arg(formula_->text().toHtmlEscaped());
    help += schema_ ? QStringLiteral("<p>%1</p>").arg(doc_->text().toHtmlEscaped()) : doc_->text();
    const auto [brief, full, why] = kernelWords();
    if (!full.isEmpty()) help += QStringLiteral("<p>%1</p>").arg(tr("Runs on: %1").arg(full).toHtmlEscaped());
    if (!why.isEmpty())
        help += QStringLiteral("<p>%1</p>").arg(tr("Why not faster: %1").arg(why).toHtmlEscaped());
    if (schema_)
        help += QStringLiteral("<p><a style='color: %1' href='%2'>%3</a></p>")
                    .arg(Theme::instance().color(QStringLiteral("on.tooltip")).name(),
                         text(referenceAddress(*schema_)), tr("All its settings, in the reference"));
    return help;
}

void NodePage::setKernels(std::vector<NodeKernel> kernels) {
    kernels_ = std::move(kernels);
    if (!nodes_.empty()) refresh();
}

NodePage::KernelWords NodePage::kernelWords() const {
    const Node* node = nodes_.size() == 1 ? at(nodes_.front()) : nullptr;
    if (!node) return {};
    const std::string name = kernelName(document_.graph(), nodes_.front());
    if (!node->block) {
        const auto it = std::ranges::find(kernels_, name, &NodeKernel::node);
        if (it == kernels_.end()) return {};
        const NodeKernel& k = *it;
        const QString full = text(kernelText(k));
        if (!k.includedIn.empty()) return {tr("another layer's kernel"), full, {}};
        if (k.use.backend.empty()) return {full, full, {}};
        return {text(k.use.backend) + QStringLiteral(", ") + text(k.precision),
                QStringList{full, text(k.precision), text(k.order)}.join(QStringLiteral(", ")),
                text(whyNotFaster(k))};
    }
    QMap<QString, int> layers; // of the block, by backend
    for (const NodeKernel& k : kernels_)
        if (k.node.starts_with(name + "/") && !k.use.backend.empty()) ++layers[text(k.use.backend)];
    QStringList counts;
    for (auto it = layers.cbegin(); it != layers.cend(); ++it)
        counts << tr("%1: %2", "backend: number of layers").arg(it.key()).arg(it.value());
    return {layers.keys().join(QStringLiteral(", ")), counts.join(QStringLiteral(", ")), {}};
}

void NodePage::editName() {
    name_->setFocus();
    name_->selectAll();
}

void NodePage::rename(const QString& name) {
    if (nodes_.size() != 1) return;
    const std::string wanted = name.trimmed().toStdString();
    const Node* taken = bodyAt(document_.graph(), nodes_.front().parent())->findByName(wanted);
    QString problem;
    if (wanted.empty())
        problem = tr("A layer needs a name.");
    else if (taken && taken->id != nodes_.front().node())
        problem = tr("Another layer has this name. Choose a different one.");
    setLook(*name_, "invalid", !problem.isEmpty());
    nameMessage_->say(problem);
    if (!problem.isEmpty()) return;
    document_.edit(
        tr("Rename"), [&](Graph& g) { editAll(g, [&](Node& n) { n.name = wanted; }); },
        QStringLiteral("rename") + mergeKeyOf(nodes_.front()));
}

void NodePage::setParam(const QString& key, const ParamValue& value) {
    if (!schema_) return;
    const std::string k = key.toStdString();
    const ParamSpec* spec = schema_->param(k);
    QString mergeKey = QStringLiteral("param ") + key;
    for (const NodePath& path : nodes_)
        mergeKey += mergeKeyOf(path);
    document_.edit(
        tr("Set %1").arg(text(spec ? spec->label : k).toLower()),
        [&](Graph& g) { editAll(g, [&](Node& n) { n.params[k] = value; }); }, mergeKey);
}

void NodePage::setFrozen() {
    const bool on = frozen_->checkState() != Qt::Unchecked; // a mixed choice becomes one
    document_.sealMerge();
    document_.edit(on ? tr("Freeze") : tr("Unfreeze"),
                   [&](Graph& g) { editAll(g, [on](Node& n) { n.frozen = on; }); });
}

/// Offered where there are weights, or might be.
void NodePage::refreshFrozen() {
    std::size_t frozen = 0;
    bool weights = false;
    for (const NodePath& path : nodes_) {
        const Node* node = at(path);
        const NodeReport* known = document_.report().find(path, {});
        frozen += node->frozen ? 1 : 0;
        weights = weights || node->frozen || node->block || (known && !known->weights.empty());
    }
    const bool mixed = frozen > 0 && frozen < nodes_.size();
    frozen_->setTristate(mixed);
    frozen_->setCheckState(mixed ? Qt::PartiallyChecked : frozen > 0 ? Qt::Checked : Qt::Unchecked);
    frozen_->setVisible(weights);
}

void NodePage::refreshFacts() {
    const GraphReport& report = document_.report();
    std::int64_t parameters = 0, macs = 0;
    bool known = true; // nothing is counted of a layer whose inputs are not known
    for (const NodePath& path : nodes_) {
        const NodeReport* r = report.find(path, {});
        known = known && r && r->output;
        parameters += r ? r->parameters : 0;
        macs += r ? r->macs : 0;
    }
    const auto orUnknown = [known](const QString& text) { return known ? text : tr("unknown yet"); };
    QVector<FactList::Fact> facts, weights;
    const NodeReport* only = nodes_.size() == 1 ? report.find(nodes_.front(), {}) : nullptr;
    if (only) {
        QStringList inputs;
        for (const Shape& s : only->inputs)
            inputs << text(toString(s));
        if (!inputs.isEmpty())
            facts.append({inputs.size() == 1 ? tr("Input") : tr("Inputs"), inputs.join(QStringLiteral(", ")),
                          tr("Height × width × channels of one sample")});
    }
    if (nodes_.size() == 1)
        facts.append({tr("Output"), only && only->output ? text(toString(*only->output)) : tr("unknown yet"),
                      tr("Height × width × channels of one sample")});
    const bool frozen = std::ranges::all_of(nodes_, [&](const NodePath& path) { return at(path)->frozen; });
    facts.append(
        {tr("Parameters"),
         orUnknown(frozen && parameters > 0 ? tr("%1, frozen").arg(exactCount(parameters))
                                            : exactCount(parameters)),
         frozen ? tr("Numbers that training leaves as they are") : tr("Numbers that training changes")});
    facts.append(
        {tr("Multiply-adds"), orUnknown(humanCount(macs)),
         known ? tr("For one sample, forward: %1").arg(exactCount(macs)) : tr("For one sample, forward")});
    if (const auto [brief, full, why] = kernelWords(); !brief.isEmpty())
        facts.append({tr("Runs on"), brief,
                      why.isEmpty() ? full : full + QLatin1Char('\n') + tr("Why not faster: %1").arg(why)});
    facts_->setFacts(facts);
    if (only)
        for (const WeightSpec& w : only->weights)
            weights.append({text(w.name), text(dimsText(w.dims)),
                            w.isParameter() ? tr("%1 numbers").arg(exactCount(w.size()))
                                            : tr("A statistic, kept with the weights but not trained")});
    weights_->setFacts(weights);
    weights_->setVisible(!weights.isEmpty());
    weightsTitle_->setVisible(!weights.isEmpty());
}

std::vector<Diagnostic> NodePage::problems() const {
    const QSet<NodePath> shown(nodes_.begin(), nodes_.end());
    const auto isOrLiesIn = [&shown](NodePath path) {
        while (path && !shown.contains(path))
            path = path.parent();
        return static_cast<bool>(path);
    };
    std::vector<Diagnostic> mine;
    for (const Diagnostic& d : document_.report().diagnostics)
        if (isOrLiesIn(d.node)) mine.push_back(d);
    return mine;
}

void NodePage::refreshProblems() {
    const auto now = problems();
    const auto isOwn = [this](const Diagnostic& d) { // and not of a layer within a block that is shown
        return std::ranges::find(nodes_, d.node) != nodes_.end();
    };
    std::vector<Diagnostic> own, cards;
    std::ranges::copy_if(now, std::back_inserter(own), isOwn);
    form_->setProblems(own);
    for (Diagnostic d : now) {
        if (const ParamField* field = isOwn(d) ? form_->field(d.param) : nullptr)
            d.what = field->spec().label + ": " + d.what;
        cards.push_back(std::move(d));
    }
    emit problemsFound(cards);
}

} // namespace burdock
