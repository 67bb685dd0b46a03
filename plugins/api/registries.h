#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/data/transform.h"
#include "engine/kernels/kernel_registry.h"
#include "engine/models/exchange.h"
#include "engine/schema/layer_registry.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"
#include "engine/train/optimizer.h"
#include "engine/train/schedule.h"

#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace burdock {

/// The one list of the registries, with the data sets and formats of `data`, which may be const.
template <class Catalog>
auto registriesOf(Catalog& data) {
    return std::tie(layerRegistry(), kernelRegistry(), initializers(), tasks(), losses(), metrics(),
                    optimizers(), schedules(), transforms(), data.formats(), data.entries(), importers(),
                    exporters());
}

/// visit(const Registry<T>&) for each: to list and explain them.
template <class Visit>
void forEachRegistry(const DatasetCatalog& data, Visit visit) {
    std::apply([&visit](const auto&... registry) { (visit(registry), ...); }, registriesOf(data));
}

/// All registries of the program, each known by the type of its entries: what a plugin adds to.
class Registries {
  public:
    /// The program's own, with the data sets and formats of `data`.
    explicit Registries(DatasetCatalog& data)
        : data_(data)
        , all_(registriesOf(data)) {}

    /// To look things up; add() is what adds.
    template <class T>
    const Registry<T>& of() const {
        return std::get<Registry<T>&>(all_);
    }
    /// For data sets that are read through another format's reader.
    DatasetCatalog& data() const { return data_; }

    /// Adds to the registry of the entry's type. A refusal need not be handled: it refuses the plugin.
    template <class T>
    Status add(T entry) {
        Status added = std::get<Registry<T>&>(all_).add(std::move(entry));
        if (!added && !refusal_) refusal_ = added.error();
        return added;
    }
    /// The first entry that was refused.
    const std::optional<Diagnostic>& refusal() const { return refusal_; }

    /// How many entries each registry holds.
    std::vector<std::size_t> sizes() const {
        std::vector<std::size_t> counts;
        forEach([&counts](const auto& registry) { counts.push_back(registry.size()); });
        return counts;
    }
    /// Takes back everything that was added since sizes() were these.
    void truncate(const std::vector<std::size_t>& sizes) const {
        auto size = sizes.begin();
        forEach([&size](auto& registry) { registry.truncate(*size++); });
    }

  private:
    /// visit(Registry<T>&) for each.
    template <class Visit>
    void forEach(Visit visit) const {
        std::apply([&visit](auto&... registry) { (visit(registry), ...); }, all_);
    }

    DatasetCatalog& data_;
    decltype(registriesOf(std::declval<DatasetCatalog&>())) all_;
    std::optional<Diagnostic> refusal_;
};

} // namespace burdock
