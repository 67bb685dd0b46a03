#include "canvas/card_facts.h"

#include "engine/graph/node_ports.h"
#include "theme/theme.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

/// The function over [-3, 3].
void drawCurve(CardFacts& facts, const LayerSchema& schema, const ParamValues& params) {
    constexpr int points = 33;
    constexpr double reach = 3;
    double low = -0.25, high = 1;
    std::vector<double> values;
    for (int i = 0; i < points; ++i) {
        const double y = schema.curve(-reach + 2 * reach * i / (points - 1), params);
        values.push_back(std::isfinite(y) ? std::clamp(y, -10.0, 10.0) : 0);
        low = std::min(low, values.back());
        high = std::max(high, values.back());
    }
    facts.curveZero = 1 + low / (high - low);
    for (int i = 0; i < points; ++i)
        facts.curve << QPointF(i / (points - 1.0),
                               1 - (values[static_cast<std::size_t>(i)] - low) / (high - low));
}

/// Finds the layer's kernel by the names that convolutions and poolings give it.
IntPair kernelOf(const LayerSchema& schema, const ParamValues& params) {
    for (const char* key : {"kernel", "pool", "window"})
        if (const ParamSpec* spec = schema.param(key)) {
            const ParamValue& value = paramOr(params, *spec);
            if (const auto* pair = std::get_if<IntPair>(&value)) return *pair;
            if (const auto* side = std::get_if<std::int64_t>(&value)) return {*side, *side};
        }
    return {0, 0};
}

Emblem emblemOf(const LayerSchema& schema) {
    if (schema.curve) return Emblem::Curve;
    switch (schema.category) {
    case Category::Input:
        return Emblem::Picture;
    case Category::Dense:
        return Emblem::Fan;
    case Category::Convolution:
        return Emblem::Kernel;
    case Category::Pooling:
        return Emblem::Pool;
    case Category::Sequence:
        return Emblem::Beads;
    case Category::Activation:
        return Emblem::Bars; // a function of the whole vector, such as softmax
    case Category::Normalization:
        return Emblem::Bell;
    case Category::Regularization:
        return Emblem::Dots;
    case Category::Merge:
        return Emblem::Join;
    case Category::Reshape:
        return Emblem::Line;
    }
    return Emblem::None;
}

/// The ports to be drawn: what the node has, and whatever edges come from or lead to, right or wrong.
void drawPorts(CardFacts& facts, const Graph& graph, const Node& node) {
    const NodePorts ports = portsOf(node);
    facts.inputs = ports.mostInputs < 0 ? std::max(ports.fewestInputs, 2) : ports.fewestInputs;
    for (const Edge& e : graph.inputsOf(node.id))
        facts.inputs = std::max(facts.inputs, e.port + (ports.mostInputs < 0 ? 2 : 1));
    facts.outputs = ports.outputs;
    for (const Edge& e : graph.outputsOf(node.id))
        facts.outputs = std::max(facts.outputs, e.output + 1);
    if (ports.outputs > 1)
        for (const std::string& name : ports.outputNames)
            facts.outputNames << text(name);
}

/// With those of the blocks within, as often as they are repeated; of a graph that is refused at most 10^9.
qint64 layersIn(const Graph& graph) {
    constexpr qint64 most = 1'000'000'000;
    qint64 count = 0;
    for (const Node& node : graph.nodes()) {
        if (isInput(node.type)) continue;
        const bool block = node.block && node.block->body;
        const qint64 once = block ? layersIn(*node.block->body) : 1;
        const qint64 times = block ? std::clamp<qint64>(node.block->repeat, 1, most) : 1;
        count = std::min(most, count + std::min(most, once * times));
    }
    return count;
}

void describeLayer(CardFacts& facts, const Node& node, const LayerSchema& schema) {
    facts.category = schema.category;
    facts.summary = schema.summary ? text(schema.summary(node.params)) : QString();
    if (facts.summary.isEmpty()) facts.summary = text(schema.name);
    facts.emblem = emblemOf(schema);
    if (facts.emblem == Emblem::Curve) drawCurve(facts, schema, node.params);
    if (facts.emblem == Emblem::Kernel || facts.emblem == Emblem::Pool) {
        facts.kernel = kernelOf(schema, node.params);
        if (facts.kernel.height <= 0) facts.emblem = Emblem::None;
    }
}

/// What, why and how to mend it, for a tooltip.
QString troubleText(const std::vector<const Diagnostic*>& troubles) {
    QString html;
    for (const Diagnostic* trouble : troubles) {
        const Diagnostic& d = *trouble;
        if (!html.isEmpty()) html += QStringLiteral("<hr>");
        html += QStringLiteral("<b>%1</b>").arg(text(headline(d)).toHtmlEscaped());
        if (!d.why.empty()) html += QStringLiteral("<br>%1").arg(text(d.why).toHtmlEscaped());
        if (!d.mend.empty()) html += QStringLiteral("<br><i>%1</i>").arg(text(d.mend).toHtmlEscaped());
        if (d.fix)
            html += QStringLiteral("<br>") +
                    QCoreApplication::translate("CardFacts", "Click the badge: %1")
                        .arg(QStringLiteral("<b>%1</b>").arg(text(d.fix->label).toHtmlEscaped()));
    }
    return html.isEmpty() ? html : QStringLiteral("<div style='max-width:320px'>%1</div>").arg(html);
}

} // namespace

Troubles troublesOf(const GraphReport& report) {
    Troubles troubles;
    for (const Diagnostic& d : report.diagnostics)
        if (d.node) troubles[d.node.top()].push_back(&d);
    return troubles;
}

CardFacts cardFacts(const Graph& graph, const GraphReport& report, const Troubles& troubles,
                    const Node& node) {
    CardFacts facts;
    facts.name = text(node.name);
    facts.bypassed = node.bypassed;
    facts.frozen = node.frozen;
    drawPorts(facts, graph, node);
    if (node.block) {
        facts.repeat = static_cast<int>(node.block->repeat);
        facts.emblem = node.block->repeat > 1 ? Emblem::Repeat : Emblem::None;
        const qint64 layers = node.block->body ? layersIn(*node.block->body) : 0;
        facts.summary =
            layers == 1
                ? QCoreApplication::translate("CardFacts", "Block of 1 layer")
                : QCoreApplication::translate("CardFacts", "Block of %1 layers").arg(exactCount(layers));
    } else if (const LayerSchema* schema = layerRegistry().find(node.type)) {
        describeLayer(facts, node, *schema);
    } else {
        facts.known = false;
        facts.summary = QCoreApplication::translate("CardFacts", "Unknown layer “%1”").arg(text(node.type));
    }
    if (const NodeReport* entry = report.find(node.id)) {
        if (entry->output) facts.shape = text(toString(*entry->output));
        if (facts.emblem == Emblem::Picture && entry->output) // features and tokens are none
            facts.emblem = entry->output->isFlat()       ? Emblem::Vector
                           : entry->output->isSequence() ? Emblem::Beads
                                                         : Emblem::Picture;
        if (entry->parameters > 0) facts.parameters = humanCount(entry->parameters);
    }
    if (const auto mine = troubles.find(node.id); mine != troubles.end()) {
        for (const Diagnostic* d : mine->second)
            if (!facts.worst || d->severity < *facts.worst) facts.worst = d->severity;
        facts.trouble = troubleText(mine->second);
    }
    return facts;
}

} // namespace burdock
