#include "program.h"
#include "run_json.h"
#include "text_table.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace burdock::cli {
namespace {

struct Row {
    std::string name;
    std::vector<std::string> values; ///< one a run; "–" where a run has no such setting
    bool differs() const {
        return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) != values.end();
    }
};

/// The runs' settings or results side by side, in the order of the first run that has them: what another one
/// has beside them stands behind what it follows there.
template <class Read>
std::vector<Row> sideBySide(const std::vector<WholeRun>& runs, Read read) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        auto next = rows.begin();
        for (const auto& [name, value] : read(runs[i])) {
            auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
            if (row == rows.end())
                row = rows.insert(next, {name, std::vector<std::string>(runs.size(), "–")});
            row->values[i] = value;
            next = row + 1;
        }
    }
    return rows;
}

Result<int> compare(const std::vector<std::string>& names, Program& program) {
    const auto notebook = program.openExistingNotebook();
    if (!notebook) return refuse(notebook.error());
    std::vector<WholeRun> runs;
    Json all = Json::array();
    for (const std::string& name : names) {
        auto run = readWhole(**notebook, runIdFrom(name));
        if (!run) return refuse(run.error());
        if (program.json) all.push_back(wholeRunJson(*run));
        runs.push_back(std::move(*run));
    }
    const std::vector<Row> settings = sideBySide(runs, runSettings), results = sideBySide(runs, runResults);

    if (program.json) {
        Json differences = Json::object();
        for (const Row& row : settings)
            if (row.differs()) differences[row.name] = row.values;
        printJson({{"runs", all}, {"differences", differences}});
        return 0;
    }
    std::vector<std::pair<std::string, TextTable::Align>> columns{{"", TextTable::Align::Left},
                                                                  {"", TextTable::Align::Left}};
    for (const WholeRun& run : runs)
        columns.emplace_back("Run " + std::to_string(run.summary.id.value), TextTable::Align::Right);
    TextTable table(columns);
    for (const auto& [rows, marked] : {std::pair(&settings, true), std::pair(&results, false)})
        for (const Row& row : *rows) {
            if (!row.differs() && (row.name == "machine" || row.name == "program_version")) continue;
            std::vector<std::string> cells{marked && row.differs() ? "≠" : "", row.name};
            cells.insert(cells.end(), row.values.begin(), row.values.end());
            table.add(std::move(cells));
        }
    table.print();
    for (const WholeRun& run : runs)
        warnOfDamage(run.summary.id, run.damage);
    return 0;
}

} // namespace

void addCompare(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("compare", "Settings and results of runs side by side");
    auto runs = std::make_shared<std::vector<std::string>>();
    command.option("RUN", *runs, "Two or more runs' numbers")
        .required()
        .expected(2, 1000)
        .typeName("")
        .check([](const std::string& s) { return isRunId(s) ? "" : "\"" + s + "\" is no run's number."; });
    addNotebookOption(command, program);
    addJsonFlag(command, program);
    command.callback([=] { choose([=](Program& p) { return compare(*runs, p); }); });
}

} // namespace burdock::cli
