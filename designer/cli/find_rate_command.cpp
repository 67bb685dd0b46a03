#include "config_options.h"
#include "engine/graph/graph_json.h"
#include "engine/models/adaptation.h"
#include "engine/train/rate_finder.h"
#include "engine/train/trainer.h"
#include "model_source.h"
#include "output.h"
#include "progress_bar.h"
#include "session/stored_run.h"
#include "text_table.h"

#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

struct FindRateArguments {
    std::string model, data;
    bool adapt = false;
    ConfigOptions config;
};

/// Settings that a sweep of some hundred steps with a growing rate makes no use of.
const std::vector<std::string> withoutPart{"epochs",      "learning_rate", "schedule",
                                           "patience",    "min_delta",     "restore_best",
                                           "best_metric", "epoch_metrics", "checkpoint_every"};

Result<int> findRate(const FindRateArguments& arguments, Program& program) {
    auto model = loadModel(arguments.model, program);
    if (!model) return refuse(model.error());
    const auto data = program.catalog.open(arguments.data);
    if (!data) return refuse(data.error());
    if (arguments.adapt) model->config = adapted(std::move(model->config), (*data)->info());
    const auto config =
        arguments.config.applyTo(model->config, [&] { return Result<Task>((*data)->info().task); });
    if (!config) return refuse(config.error());
    TrainConfig used = *config;
    if (arguments.adapt) {
        const std::string before = graphToText(model->graph);
        auto made = adaptedTo(std::move(model->graph), (*data)->info(), used, /*keepsSettings=*/true);
        if (!made) return refuse(made.error());
        model->graph = std::move(made->graph);
        used = std::move(made->config);
        if (model->run && graphToText(model->graph) != before) {
            warn("burdock-cli: " + arguments.model +
                 ": Adapted to the data, it has other weights: the rate is read off with new ones.");
            model->run.reset();
        }
    }
    std::unique_ptr<StoredWeights> initial;
    if (model->run) {
        const auto notebook = program.openExistingNotebook();
        if (!notebook) return refuse(notebook.error());
        auto weights = StoredWeights::open(**notebook, *model->run, storage::CheckpointKind::Best);
        if (!weights) return refuse(weights.error());
        initial = std::move(*weights);
    }
    ProgressBar bar;
    const auto sweep = findLearningRate(model->graph, *data, used, initial.get(), [&](double done) {
        bar.draw("Trying rates", done, "");
        return true;
    });
    bar.clear();
    if (!sweep) return refuse(offeringToAdapt(sweep.error()));
    if (program.json) {
        Json points = Json::array();
        for (const RatePoint& p : sweep->points)
            points.push_back({{"learning_rate", p.learningRate},
                              {"loss", orNull(p.loss)},
                              {"smoothed", orNull(p.smoothed)}});
        printJson(
            {{"suggested", orNull(sweep->suggested)}, {"optimizer", config->optimizer}, {"points", points}});
        return 0;
    }
    TextTable table({{"Learning rate", TextTable::Align::Right}, {"Loss", TextTable::Align::Right}});
    for (std::size_t i = 0; i < sweep->points.size(); i += 8)
        table.add({decimal(sweep->points[i].learningRate), decimal(sweep->points[i].smoothed)});
    table.print();
    print("");
    print(sweep->suggested
              ? "Suggested learning rate with " + config->optimizer + ": " + decimal(*sweep->suggested)
              : std::string("The loss falls at no rate: check the network and the data."));
    return 0;
}

} // namespace

void addFindRate(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command =
        parser.command("find-rate", "Read a good learning rate off the loss while the rate grows");
    auto arguments = std::make_shared<FindRateArguments>();
    command.option("MODEL", arguments->model, modelHelp).required().typeName("");
    command.option("--data", arguments->data, "A data set's name, or a file")
        .required()
        .typeName("NAME|FILE");
    command.flag("--adapt", arguments->adapt, adaptHelp);
    addNotebookOption(command, program);
    addJsonFlag(command, program);
    arguments->config.addTo(command, withoutPart);
    command.callback([=] { choose([=](Program& p) { return findRate(*arguments, p); }); });
}

} // namespace burdock::cli
