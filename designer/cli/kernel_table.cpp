#include "kernel_table.h"

#include "engine/train/kernel_report.h"
#include "output.h"
#include "text_table.h"

#include <nlohmann/json.hpp>

namespace burdock::cli {

Json kernelsJson(const std::vector<NodeKernel>& kernels) {
    Json all = Json::array();
    for (const NodeKernel& k : kernels) {
        Json declined = Json::array();
        for (const DeclinedKernel& d : k.use.declined)
            declined.push_back({{"kernel", d.kernel}, {"why", d.why}});
        all.push_back({{"layer", k.node},
                       {"backend", k.use.backend},
                       {"kernel", k.use.kernel},
                       {"implementation", k.implementation},
                       {"within", k.includedIn},
                       {"format", k.order},
                       {"precision", k.precision},
                       {"sums_by_thread", k.use.sumsByThread},
                       {"declined", declined}});
    }
    return all;
}

void printKernels(const std::vector<NodeKernel>& kernels) {
    TextTable table({{"Layer", TextTable::Align::Left},
                     {"Runs on", TextTable::Align::Left},
                     {"Precision", TextTable::Align::Left},
                     {"Format", TextTable::Align::Left},
                     {"Why not faster", TextTable::Align::Left}});
    for (const NodeKernel& k : kernels)
        table.add({k.node, kernelText(k), k.precision, k.order, whyNotFaster(k)});
    table.print();
    std::string layers;
    for (const NodeKernel& k : kernels)
        if (k.use.sumsByThread) layers += (layers.empty() ? "" : ", ") + k.node;
    if (layers.empty()) return;
    print("");
    print("In the last digits of their weights' gradients depend on the number of threads: " + layers);
}

} // namespace burdock::cli
