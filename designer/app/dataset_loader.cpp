#include "app/dataset_loader.h"

#include "engine/data/reading.h"
#include "session/moved_data.h"

#include <algorithm>

namespace burdock {

DatasetLoader::DatasetLoader(const DatasetCatalog& catalog, QObject* parent)
    : QObject(parent)
    , catalog_(catalog) {}

DatasetLoader::~DatasetLoader() {
    ++wanted_;
}

void DatasetLoader::load(const QString& idOrPath) {
    const int request = ++request_;
    wanted_ = request;
    wantedText_ = idOrPath;
    loading_ = true;
    data_.reset();
    problem_.reset();
    emit changed();
    const std::string id = idOrPath.toStdString();
    Reader& reader = *std::ranges::min_element(readers_, {}, &Reader::open);
    reader.open += 2;
    // On the worker and not here: a file is looked into to know its format.
    reader.worker.post(
        this,
        [this, request, id]() -> Result<DatasetRef> {
            if (request != wanted_) return refuse({});
            const ReadingScope scope([this, request] { return request != wanted_; });
            return catalog_.resolve(id);
        },
        [this, request, &reader](Result<DatasetRef> reference) {
            --reader.open;
            if (request != request_) return;
            reference_.reset();
            if (reference) reference_ = std::move(*reference);
            emit resolved();
        });
    reader.worker.post(
        this,
        [this, request, id]() -> Result<std::shared_ptr<const Dataset>> {
            if (request != wanted_) return refuse({});
            const ReadingScope scope([this, request] { return request != wanted_; });
            return catalog_.open(id);
        },
        [this, request, &reader](Result<std::shared_ptr<const Dataset>> data) {
            --reader.open;
            take(request, std::move(data));
        });
}

void DatasetLoader::take(int request, Result<std::shared_ptr<const Dataset>> result) {
    if (request != request_) return; // an older choice
    loading_ = false;
    if (result)
        data_ = std::move(*result);
    else
        problem_ = asMissing(result.error(), wantedText_);
    // The catalog's words are for those who type it.
    if (problem_ && problem_->code == "dataset.unknown")
        problem_->mend = "Choose one of the list, or open a file or a folder.";
    emit changed();
}

} // namespace burdock
