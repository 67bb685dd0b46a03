#include "app/dataset_loader.h"

namespace burdock {

DatasetLoader::DatasetLoader(const DatasetCatalog& catalog, QObject* parent)
    : QObject(parent)
    , catalog_(catalog) {}

DatasetLoader::~DatasetLoader() = default;

void DatasetLoader::load(const QString& idOrPath) {
    const int request = ++request_;
    wanted_ = request;
    loading_ = true;
    data_.reset();
    problem_.reset();
    emit changed();
    const std::string id = idOrPath.toStdString();
    // On the worker and not here: a file is looked into to know its format.
    worker_.post(
        this,
        [this, request, id]() -> Result<DatasetRef> {
            if (request != wanted_) return refuse({});
            return catalog_.resolve(id);
        },
        [this, request](Result<DatasetRef> reference) {
            if (request != request_) return;
            reference_.reset();
            if (reference) reference_ = std::move(*reference);
            emit resolved();
        });
    worker_.post(
        this,
        [this, request, id]() -> Result<std::shared_ptr<const Dataset>> {
            if (request != wanted_) return refuse({});
            return catalog_.open(id);
        },
        [this, request](Result<std::shared_ptr<const Dataset>> data) { take(request, std::move(data)); });
}

void DatasetLoader::take(int request, Result<std::shared_ptr<const Dataset>> result) {
    if (request != request_) return; // an older choice
    loading_ = false;
    if (result)
        data_ = std::move(*result);
    else
        problem_ = result.error();
    emit changed();
}

} // namespace burdock
