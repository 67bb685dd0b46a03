#include "engine/train/data_loader.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace burdock {

struct DataLoader::Impl {
    static constexpr std::int64_t ahead = 4;

    std::shared_ptr<const Dataset> data;
    Part part;
    std::vector<std::int64_t> all;
    Scaling scaling;
    std::int64_t batch;
    bool shuffle;
    std::uint64_t seed;
    Augmentation augmentation;

    /// One epoch, as the threads see it.
    struct Round {
        std::int64_t epoch = 0;
        std::vector<std::int64_t> order;
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::int64_t, std::unique_ptr<MiniBatch>> ready; ///< by number within the epoch
    std::vector<std::unique_ptr<MiniBatch>> spare;
    std::unique_ptr<MiniBatch> handedOut;
    std::shared_ptr<const Round> round; ///< null before the first start()
    std::int64_t nextToFill = 0, nextToHand = 0;
    bool quit = false;
    std::exception_ptr failure; ///< of a thread; next() passes it on
    std::vector<std::thread> threads;

    std::int64_t batches() const {
        const auto samples = static_cast<std::int64_t>(all.size());
        const bool whole = lastBatch(samples, batch, shuffle) == batch;
        return whole ? samples / batch : (samples + batch - 1) / batch;
    }

    std::unique_ptr<MiniBatch> makeBatch() const {
        auto made = std::make_unique<MiniBatch>();
        made->inputs = AlignedBuffer(static_cast<std::size_t>(batch * data->info().input.size()));
        made->targets = AlignedBuffer(static_cast<std::size_t>(batch * data->targetWidth()));
        return made;
    }

    void fill(MiniBatch& target, const Round& of, std::int64_t first, std::vector<float>& scratch) const {
        const Shape& shape = data->info().input;
        const std::int64_t inputs = shape.size(), targets = data->targetWidth();
        const std::uint64_t key = deriveKey(deriveKey(seed, "augment"), static_cast<std::uint64_t>(of.epoch));
        target.size = std::min<std::int64_t>(batch, static_cast<std::int64_t>(of.order.size()) - first);
        for (std::int64_t i = 0; i < target.size; ++i) {
            const std::int64_t sample = of.order[static_cast<std::size_t>(first + i)];
            float* const input = target.inputs.data() + i * inputs;
            float* const wanted = target.targets.data() + i * targets;
            data->readInput(part, sample, input);
            if (!augmentation.isEmpty())
                augmentation.apply(shape, input, deriveKey(key, static_cast<std::uint64_t>(sample)), scratch);
            scaling.apply({input, static_cast<std::size_t>(inputs)});
            data->readTarget(part, sample, wanted);
            scaling.applyToTargets({wanted, static_cast<std::size_t>(targets)});
        }
    }

    std::vector<std::int64_t> orderOf(std::int64_t epoch) const {
        if (!shuffle) return all;
        std::vector<std::int64_t> order =
            shuffledIndices(static_cast<std::int64_t>(all.size()), seed, static_cast<std::uint64_t>(epoch));
        for (std::int64_t& index : order)
            index = all[static_cast<std::size_t>(index)];
        return order;
    }

    void work() {
        try {
            serve();
        } catch (...) {
            const std::lock_guard lock(mutex);
            failure = std::current_exception();
        }
        changed.notify_all();
    }

    void serve() {
        std::vector<float> scratch;
        std::unique_lock lock(mutex);
        const auto hasWork = [this] { return round && nextToFill < std::min(batches(), nextToHand + ahead); };
        while (true) {
            changed.wait(lock, [&] { return quit || hasWork(); });
            if (quit) return;
            const std::shared_ptr<const Round> mine = round;
            const std::int64_t number = nextToFill++;
            std::unique_ptr<MiniBatch> target;
            if (!spare.empty()) {
                target = std::move(spare.back());
                spare.pop_back();
            }
            lock.unlock();
            if (!target) target = makeBatch();
            fill(*target, *mine, number * batch, scratch);
            lock.lock();
            if (mine == round)
                ready.emplace(number, std::move(target));
            else
                spare.push_back(std::move(target));
            changed.notify_all();
        }
    }
};

DataLoader::DataLoader(std::shared_ptr<const Dataset> data, Part part, std::vector<std::int64_t> samples,
                       Scaling scaling, std::int64_t batch, bool shuffle, std::uint64_t seed,
                       Augmentation augmentation)
    : impl_(std::make_unique<Impl>()) {
    impl_->data = std::move(data);
    impl_->part = part;
    impl_->all = std::move(samples);
    impl_->scaling = std::move(scaling);
    impl_->batch = batch;
    impl_->shuffle = shuffle;
    impl_->seed = seed;
    impl_->augmentation = std::move(augmentation);
    for (int i = 0; i < (impl_->augmentation.isEmpty() ? 1 : 2); ++i)
        impl_->threads.emplace_back([impl = impl_.get()] { impl->work(); });
}

DataLoader::~DataLoader() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->quit = true;
    }
    impl_->changed.notify_all();
    for (std::thread& thread : impl_->threads)
        thread.join();
}

std::int64_t DataLoader::batchesPerEpoch() const {
    return impl_->batches();
}
std::int64_t DataLoader::samples() const {
    return static_cast<std::int64_t>(impl_->all.size());
}

std::int64_t DataLoader::lastBatch(std::int64_t samples, std::int64_t batch, bool shuffle) {
    const std::int64_t rest = samples % batch;
    return rest == 0 || (rest == 1 && shuffle && samples > 1) ? std::min(batch, samples) : rest;
}

void DataLoader::start(std::int64_t epoch, std::int64_t firstBatch) {
    auto round = std::make_shared<const Impl::Round>(Impl::Round{epoch, impl_->orderOf(epoch)});
    {
        const std::lock_guard lock(impl_->mutex);
        for (auto& [number, batch] : impl_->ready)
            impl_->spare.push_back(std::move(batch));
        impl_->ready.clear();
        impl_->round = std::move(round);
        impl_->nextToFill = impl_->nextToHand = firstBatch;
    }
    impl_->changed.notify_all();
}

const MiniBatch* DataLoader::next() {
    std::unique_lock lock(impl_->mutex);
    if (impl_->handedOut) impl_->spare.push_back(std::move(impl_->handedOut));
    if (impl_->nextToHand >= impl_->batches()) return nullptr;
    const auto isReady = [&] { return impl_->ready.contains(impl_->nextToHand); };
    impl_->changed.wait(lock, [&] { return isReady() || impl_->failure; });
    if (!isReady()) std::rethrow_exception(impl_->failure);
    const auto place = impl_->ready.find(impl_->nextToHand++);
    impl_->handedOut = std::move(place->second);
    impl_->ready.erase(place);
    impl_->changed.notify_all();
    return impl_->handedOut.get();
}

} // namespace burdock
