#include "engine/train/optimizer.h"

#include "engine/train/optimizers/pass.h"

namespace burdock {

const std::vector<OptimizerSchema>& optimizers() {
    static const std::vector<OptimizerSchema> all = [] {
        std::vector<OptimizerSchema> list;
        for (auto family : {optimize::sgdFamily, optimize::adaptiveFamily, optimize::adamFamily,
                            optimize::lionFamily, optimize::muonFamily})
            for (OptimizerSchema& schema : family())
                list.push_back(std::move(schema));
        return list;
    }();
    return all;
}

const OptimizerSchema* findOptimizer(std::string_view id) {
    for (const OptimizerSchema& schema : optimizers())
        if (schema.id == id) return &schema;
    return nullptr;
}

} // namespace burdock
