#include "notebook/run_facts.h"

#include "dashboard/metric_charts.h"
#include "engine/train/optimizer.h"
#include "notebook/network_lines.h"
#include "session/stored_run.h"
#include "theme/theme.h"

namespace burdock {
namespace {

using Group = Fact::Group;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(burdock::RunFacts)
};

} // namespace

QString settingText(const ParamSpec& spec, const ParamValue& value) {
    if (const auto* key = std::get_if<std::string>(&value))
        for (const Choice& choice : spec.choices)
            if (choice.key == *key) return QString::fromStdString(choice.label);
    QString text = QString::fromStdString(toString(value));
    if (!spec.unit.empty()) text += QLatin1Char(' ') + QString::fromStdString(spec.unit);
    return text;
}

namespace {

void addSettings(QList<Fact>& facts, const storage::RunSummary& run) {
    const auto config = storedConfig(run.start);
    if (!config) {
        facts.append({Group::Training, QStringLiteral("config"), Words::tr("Settings"),
                      QString::fromStdString(config.error().what)});
        return;
    }
    const auto add = [&](const std::vector<ParamSpec>& specs, const ParamValues& values,
                         const QString& prefix) {
        for (const ParamSpec& spec : specs)
            facts.append({Group::Training, prefix + QString::fromStdString(spec.key),
                          QString::fromStdString(spec.label), settingText(spec, paramOr(values, spec))});
    };
    add(TrainConfig::table().specs(), TrainConfig::table().write(*config), {});
    if (const OptimizerSchema* optimizer = findOptimizer(config->optimizer))
        add(optimizer->params, config->optimizerParams,
            QString::fromStdString(optimizer->id) + QLatin1Char('.'));
    if (const auto first = firstWeights(run.start))
        facts.append({Group::Training, QStringLiteral("parent"), Words::tr("First weights"),
                      Words::tr("of %1").arg(QString::fromStdString(toText(*first)))});
}

void addFolds(QList<Fact>& facts, const CrossValidation& heading) {
    facts.append({Group::Result, QStringLiteral("folds"), Words::tr("Cross-validation"),
                  Words::tr("%1 of %2 folds finished").arg(heading.finished).arg(heading.folds)});
    for (const FoldFigure& figure : heading.figures) {
        const QString title = Words::tr("%1, all folds").arg(QString::fromStdString(figure.series.title));
        facts.append({Group::Result, title, title, foldFigureText(figure)});
    }
}

void addNetwork(QList<Fact>& facts, const storage::RunSummary& run) {
    facts.append({Group::Network, QStringLiteral("model"), Words::tr("Model"), run.start.modelName});
    facts.append({Group::Network, QStringLiteral("parameters"), Words::tr("Parameters"),
                  exactCount(run.start.parameters)});
    const auto graph = storedGraph(run.start);
    if (!graph) {
        facts.append({Group::Network, QStringLiteral("layers"), Words::tr("Layers"),
                      QString::fromStdString(graph.error().what)});
        return;
    }
    int number = 0;
    for (const NetworkLine& line : networkLines(*graph)) {
        ++number;
        QString text = line.type;
        if (!line.summary.isEmpty()) text += QStringLiteral(" · ") + line.summary;
        facts.append({Group::Network, QStringLiteral("layer %1").arg(number),
                      Words::tr("Layer %1").arg(number), text});
    }
}

} // namespace

QString groupTitle(Group group) {
    switch (group) {
    case Group::Result:
        return Words::tr("Results");
    case Group::Training:
        return Words::tr("Training settings");
    case Group::Data:
        return Words::tr("Data");
    case Group::Network:
        return Words::tr("Network");
    case Group::Circumstances:
        return Words::tr("Circumstances");
    }
    return {};
}

QString checkpointName(const storage::CheckpointInfo& checkpoint) {
    switch (checkpoint.kind) {
    case storage::CheckpointKind::Best:
        return Words::tr("Best");
    case storage::CheckpointKind::Last:
        return Words::tr("Last");
    case storage::CheckpointKind::Epoch:
        return Words::tr("Of epoch %1").arg(checkpoint.epoch);
    case storage::CheckpointKind::Manual:
        return Words::tr("By hand");
    }
    return {};
}

QList<Fact> runFacts(const storage::RunSummary& run, const QString& damage, const CrossValidation* heading) {
    QList<Fact> facts;
    RunRow row;
    row.summary = run;
    const auto add = [&](const RunColumn& column, const QString& label) {
        facts.append({Group::Result, column.key, label, column.text(row)});
    };
    if (!damage.isEmpty())
        facts.append({Group::Result, QStringLiteral("damage"), Words::tr("Damage"), damage});
    const qsizetype status = facts.size();
    for (const char* key : {"status", "epochs"})
        add(runColumns()[columnOf(QLatin1String(key))], runColumns()[columnOf(QLatin1String(key))].title);
    if (run.bestEpoch) {
        facts.append({Group::Result, QStringLiteral("best epoch"), Words::tr("Best epoch"),
                      QString::number(*run.bestEpoch)});
        facts.append({Group::Result, QStringLiteral("best by"), Words::tr("Best by"),
                      QString::fromStdString(inSentence(bestOf(run).series.title))});
    }
    for (const RunFigure& told : figuresOf(run)) {
        const QString title = QString::fromStdString(told.title());
        facts.append({Group::Result, title, title, figureText(told.series, told.value)});
    }
    if (heading) addFolds(facts, *heading);
    facts.append({Group::Result, QStringLiteral("started"), Words::tr("Started"),
                  run.startedAt.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"))});
    add(runColumns()[columnOf(QStringLiteral("seconds"))], Words::tr("Duration"));
    add(runColumns()[columnOf(QStringLiteral("samples_per_second"))], Words::tr("Samples per second"));
    if (!run.problem.isEmpty())
        facts.insert(status + 1, {Group::Result, QStringLiteral("problem"), Words::tr("Why"), run.problem});
    addSettings(facts, run);
    facts.append({Group::Data, QStringLiteral("data"), Words::tr("Data set"), run.start.datasetTitle});
    facts.append({Group::Data, QStringLiteral("data id"), Words::tr("Name or file"), run.start.datasetId});
    facts.append({Group::Data, QStringLiteral("sha256"), Words::tr("SHA-256"), run.start.datasetSha256});
    addNetwork(facts, run);
    facts.append({Group::Circumstances, QStringLiteral("machine"), Words::tr("Machine"), run.start.machine});
    facts.append({Group::Circumstances, QStringLiteral("version"), Words::tr("Burdock version"),
                  run.start.programVersion});
    return facts;
}

} // namespace burdock
