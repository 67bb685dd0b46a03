#include "model_source.h"

#include "engine/graph/check_graph.h"
#include "engine/models/exchange.h"
#include "engine/models/templates.h"
#include "engine/schema/plain_file.h"
#include "output.h"
#include "run_json.h"
#include "session/diagnostics.h"
#include "session/stored_run.h"
#include "session/whole_file.h"

#include <QFileInfo>

namespace burdock::cli {
namespace {

Result<Model> fromTemplate(const std::string& id) {
    if (const ModelTemplate* found = findTemplate(id))
        return Model{found->build(), std::nullopt, found->settings};
    std::string ids;
    for (const ModelTemplate& t : modelTemplates())
        ids += (ids.empty() ? "" : ", ") + t.id;
    return refuse(problem("model.template", "There is no such template.", "template:" + id,
                          "Give one of: " + ids + "."));
}

Result<Model> fromRun(const std::string& name, const Program& program) {
    if (!isRunId(name))
        return refuse(usageProblem("\"" + name + "\" is no run.", "Give run:ID with a number."));
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    const storage::RunId id = runIdFrom(name);
    const auto run = (*notebook)->run(id);
    if (!run) return refuse(toDiagnostic(run.error()));
    auto graph = storedGraph(run->start);
    if (!graph) return refuse(graph.error());
    auto config = storedConfig(run->start);
    if (!config) return refuse(config.error());
    warnOfDamage(*run); // its network or settings may be another program's
    return Model{std::move(*graph), id, std::move(*config), run->start.datasetId.toStdString()};
}

Result<Model> fromFile(const std::string& path) {
    if (path.empty()) return refuse(usageProblem("MODEL is empty.", "Give " + std::string(modelHelp) + "."));
    const auto text = readPlainFile(path, largestModelFile);
    if (!text) {
        Diagnostic d = text.error();
        if (d.code == "file.missing" && findTemplate(path))
            d.mend = "Write template:" + path + ".";
        else if (d.code == "file.missing" || d.code == "file.folder")
            d.mend = std::string("Give a model: ") + modelHelp + ".";
        return refuse(std::move(d));
    }
    auto contents = readModel(path, *text);
    if (!contents) {
        Diagnostic d = contents.error();
        d.where = d.where.empty() ? path : path + ", " + d.where;
        return refuse(std::move(d));
    }
    return Model{std::move(contents->graph), std::nullopt, {}};
}

} // namespace

Result<Model> loadModel(const std::string& name, const Program& program) {
    auto model = name.starts_with("template:") ? fromTemplate(name.substr(9))
                 : name.starts_with("run:")    ? fromRun(name, program)
                                               : fromFile(name);
    if (!model) return model;
    for (Diagnostic d : checkGraph(model->graph).diagnostics)
        if (d.severity == Severity::Error) {
            d.where = d.where.empty() ? name : name + ", " + d.where;
            return refuse(std::move(d));
        } else {
            warn(oneLine(d));
        }
    return model;
}

Status mayReplace(const std::string& path, bool force) {
    if (force || !QFileInfo(QString::fromStdString(path)).isFile()) return {}; // nothing else is replaced
    return refuse(problem("file.there", "There is such a file already.", path,
                          "Choose another name, or give --force to replace it."));
}

Status saveModel(const Graph& graph, const std::string& path, bool force) {
    if (const Status may = mayReplace(path, force); !may) return may;
    const auto text = writeModel(path, {graph});
    if (!text) return refuse(text.error());
    const auto failure = writeWhole(QString::fromStdString(path), QByteArray::fromStdString(*text));
    if (!failure) return {};
    return refuse(problem("file", "The model cannot be written: " + failure->toStdString() + ".", path,
                          "Choose another file, in a folder that you may write to."));
}

} // namespace burdock::cli
