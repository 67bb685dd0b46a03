#include "app/found_problems.h"

#include "app/workspace.h"
#include "document/graph_edits.h"
#include "engine/plan/truth_table.h"
#include "engine/train/train_config.h"

#include <algorithm>
#include <array>

namespace burdock {
namespace {

constexpr std::string_view nothingToLearn = "graph.no-parameters";

bool answersInBits(const CheckedNetwork& network) {
    const auto table = truthTable(network);
    return table && std::ranges::all_of(table->answers, [](float a) { return a == 0 || a == 1; });
}

bool isAdvice(const Diagnostic& d) {
    return d.code == nothingToLearn && d.severity == Severity::Hint;
}

} // namespace

bool isOfForm(const Diagnostic& problem) {
    return !problem.node && !problem.param.empty();
}

void nameFields(std::vector<Diagnostic>& found) {
    for (Diagnostic& d : found)
        for (const ParamSpec& field : TrainConfig::table().specs()) {
            const std::string key = "(setting " + field.key + ")";
            if (const auto at = d.mend.find(key); at != std::string::npos)
                d.mend.replace(at, key.size(), "(“" + field.label + "” in the training form)");
        }
}

void offerToAdapt(std::vector<Diagnostic>& found) {
    constexpr std::array<std::string_view, 3> misfits{"data.input-shape", "data.output-shape",
                                                      "data.vocabulary"};
    const auto misfit = [&](const Diagnostic& d) {
        return std::ranges::find(misfits, d.code) != misfits.end();
    };
    // Of an Input without a fix the network is made for data of another kind.
    const bool otherKind =
        std::ranges::any_of(found, [&](const Diagnostic& d) { return d.code == misfits.front() && !d.fix; });
    const QString offer =
        otherKind ? Workspace::tr("Find a fitting template…") : Workspace::tr("Adapt the network…");
    for (Diagnostic& d : found)
        if (misfit(d)) d.fix = adaptationFix(offer.toStdString());
}

void adviseOnly(std::vector<Diagnostic>& found, const GraphReport& report) {
    for (Diagnostic& d : found)
        if (d.code == nothingToLearn && report.network && answersInBits(*report.network))
            d.severity = Severity::Hint;
}

std::optional<Diagnostic> takeAdvice(std::vector<Diagnostic>& found) {
    const auto at = std::ranges::find_if(found, isAdvice);
    if (at == found.end()) return {};
    Diagnostic advice = std::move(*at);
    found.erase(at);
    return advice;
}

} // namespace burdock
