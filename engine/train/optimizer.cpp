#include "engine/train/optimizer.h"

#include "engine/train/optimizers/pass.h"

namespace burdock {

Registry<OptimizerSchema>& optimizers() {
    static Registry<OptimizerSchema> all([] {
        std::vector<OptimizerSchema> list;
#define BURDOCK_ADD_FAMILY(family)                                                                           \
    for (OptimizerSchema & schema : optimize::family())                                                      \
        list.push_back(std::move(schema));
        BURDOCK_OPTIMIZERS(BURDOCK_ADD_FAMILY)
#undef BURDOCK_ADD_FAMILY
        return list;
    }());
    return all;
}

const OptimizerSchema* findOptimizer(std::string_view id) {
    return optimizers().find(id);
}

} // namespace burdock
