#include "engine/train/data_loader.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace burdock {

Scaling Scaling::measure(const Dataset& data, std::span<const std::int64_t> samples) {
    Scaling scaling;
    if (!data.info().standardise || samples.empty()) return scaling;
    const auto width = static_cast<std::size_t>(data.info().input.size());
    std::vector<float> values(width);
    std::vector<double> mean(width, 0.0), square(width, 0.0); // Welford 1962
    double count = 0;
    for (const std::int64_t sample : samples) {
        data.readInput(Part::Train, sample, values.data());
        count += 1;
        for (std::size_t i = 0; i < width; ++i) {
            const double before = values[i] - mean[i];
            mean[i] += before / count;
            square[i] += before * (values[i] - mean[i]);
        }
    }
    for (std::size_t i = 0; i < width; ++i) {
        const double deviation = std::sqrt(square[i] / count);
        scaling.mean.push_back(static_cast<float>(mean[i]));
        scaling.inverseDeviation.push_back(deviation > 1e-12 ? static_cast<float>(1.0 / deviation) : 0.0f);
    }
    return scaling;
}

void Scaling::apply(std::span<float> sample) const {
    for (std::size_t i = 0; i < mean.size(); ++i)
        sample[i] = (sample[i] - mean[i]) * inverseDeviation[i];
}

struct DataLoader::Impl {
    static constexpr std::size_t ahead = 4;

    std::shared_ptr<const Dataset> data;
    Part part;
    std::vector<std::int64_t> all;
    Scaling scaling;
    std::int64_t batch;
    bool shuffle;
    std::uint64_t seed;

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::unique_ptr<MiniBatch>> ready, spare;
    std::unique_ptr<MiniBatch> handedOut;
    std::int64_t epoch = 0;
    std::uint64_t asked = 0, serving = 0; ///< calls of start(), and the one the thread works on
    std::int64_t taken = 0;
    bool quit = false;
    std::exception_ptr failure; ///< of the thread; next() passes it on
    std::thread thread;

    std::int64_t batches() const { return (static_cast<std::int64_t>(all.size()) + batch - 1) / batch; }

    std::unique_ptr<MiniBatch> makeBatch() const {
        auto made = std::make_unique<MiniBatch>();
        made->inputs = AlignedBuffer(static_cast<std::size_t>(batch * data->info().input.size()));
        made->targets = AlignedBuffer(static_cast<std::size_t>(batch * data->targetWidth()));
        return made;
    }

    void fill(MiniBatch& target, const std::vector<std::int64_t>& order, std::int64_t first) const {
        const std::int64_t inputs = data->info().input.size(), targets = data->targetWidth();
        target.size = std::min<std::int64_t>(batch, static_cast<std::int64_t>(order.size()) - first);
        for (std::int64_t i = 0; i < target.size; ++i) {
            const std::int64_t sample = order[static_cast<std::size_t>(first + i)];
            float* const input = target.inputs.data() + i * inputs;
            data->readInput(part, sample, input);
            scaling.apply({input, static_cast<std::size_t>(inputs)});
            data->readTarget(part, sample, target.targets.data() + i * targets);
        }
    }

    std::vector<std::int64_t> orderOf(std::int64_t number) const {
        if (!shuffle) return all;
        std::vector<std::int64_t> order =
            shuffledIndices(static_cast<std::int64_t>(all.size()), seed, static_cast<std::uint64_t>(number));
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
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [&] { return quit || serving != asked; });
            if (quit) return;
            const std::uint64_t mine = serving = asked;
            const std::int64_t number = epoch;
            lock.unlock();
            const std::vector<std::int64_t> order = orderOf(number);
            lock.lock();
            for (std::int64_t i = 0; i < batches(); ++i) {
                changed.wait(lock, [&] { return quit || asked != mine || ready.size() < ahead; });
                if (quit || asked != mine) break;
                std::unique_ptr<MiniBatch> target;
                if (!spare.empty()) {
                    target = std::move(spare.front());
                    spare.pop_front();
                }
                lock.unlock();
                if (!target) target = makeBatch();
                fill(*target, order, i * batch);
                lock.lock();
                if (asked == mine)
                    ready.push_back(std::move(target));
                else
                    spare.push_back(std::move(target));
                changed.notify_all();
            }
        }
    }
};

DataLoader::DataLoader(std::shared_ptr<const Dataset> data, Part part, std::vector<std::int64_t> samples,
                       Scaling scaling, std::int64_t batch, bool shuffle, std::uint64_t seed)
    : impl_(std::make_unique<Impl>()) {
    impl_->data = std::move(data);
    impl_->part = part;
    impl_->all = std::move(samples);
    impl_->scaling = std::move(scaling);
    impl_->batch = batch;
    impl_->shuffle = shuffle;
    impl_->seed = seed;
    impl_->thread = std::thread([impl = impl_.get()] { impl->work(); });
}

DataLoader::~DataLoader() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->quit = true;
    }
    impl_->changed.notify_all();
    impl_->thread.join();
}

std::int64_t DataLoader::batchesPerEpoch() const {
    return impl_->batches();
}
std::int64_t DataLoader::samples() const {
    return static_cast<std::int64_t>(impl_->all.size());
}

void DataLoader::start(std::int64_t epoch) {
    {
        const std::lock_guard lock(impl_->mutex);
        for (auto& batch : impl_->ready)
            impl_->spare.push_back(std::move(batch));
        impl_->ready.clear();
        impl_->epoch = epoch;
        ++impl_->asked;
        impl_->taken = 0;
    }
    impl_->changed.notify_all();
}

const MiniBatch* DataLoader::next() {
    std::unique_lock lock(impl_->mutex);
    if (impl_->handedOut) impl_->spare.push_back(std::move(impl_->handedOut));
    if (impl_->taken == impl_->batches()) return nullptr;
    impl_->changed.wait(lock, [&] { return !impl_->ready.empty() || impl_->failure; });
    if (impl_->ready.empty()) std::rethrow_exception(impl_->failure);
    impl_->handedOut = std::move(impl_->ready.front());
    impl_->ready.pop_front();
    ++impl_->taken;
    impl_->changed.notify_all();
    return impl_->handedOut.get();
}

} // namespace burdock
