#include "engine/train/optimizer.h"

#include "engine/train/optimizers/pass.h"

namespace burdock {

Registry<OptimizerSchema>& optimizers() {
    static Registry<OptimizerSchema> all([] {
        std::vector<OptimizerSchema> list;
        for (auto family : {optimize::sgdFamily, optimize::adaptiveFamily, optimize::adamFamily,
                            optimize::lionFamily, optimize::muonFamily})
            for (OptimizerSchema& schema : family())
                list.push_back(std::move(schema));
        return list;
    }());
    return all;
}

const OptimizerSchema* findOptimizer(std::string_view id) {
    return optimizers().find(id);
}

} // namespace burdock
