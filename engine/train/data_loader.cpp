#include "engine/train/data_loader.h"

#include "engine/tensor/team_placement.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

namespace burdock {

std::uint64_t augmentationKey(std::uint64_t seed, std::int64_t epoch, std::int64_t sample) {
    return deriveKey(deriveKey(deriveKey(seed, "augment"), static_cast<std::uint64_t>(epoch)),
                     static_cast<std::uint64_t>(sample));
}

struct DataLoader::Impl {
    std::shared_ptr<const Dataset> data;
    Part part;
    std::vector<std::int64_t> all;
    Scaling scaling;
    std::int64_t batch;
    bool shuffle;
    std::uint64_t seed;
    Augmentation augmentation;
    std::function<bool(std::span<const std::int64_t>)> needsInputs;

    /// One epoch, as the threads see it.
    struct Round {
        std::int64_t epoch = 0;
        std::vector<std::int64_t> order;
    };

    /// How many mini-batches are loaded ahead: of small ones more, so that threads seldom wait for each
    /// other, and one for each thread.
    std::int64_t ahead = fewestAhead;
    static constexpr std::int64_t fewestAhead = 4;

    std::mutex mutex;
    std::condition_variable filled, emptied;
    /// By number within the epoch, modulo its size: nobody fills more than `ahead` of them ahead.
    std::vector<std::unique_ptr<MiniBatch>> ready;
    std::vector<std::unique_ptr<MiniBatch>> spare;
    std::unique_ptr<MiniBatch> handedOut;
    std::shared_ptr<const Round> round; ///< null before the first start()
    std::int64_t nextToFill = 0, nextToHand = 0;
    std::int64_t firstOfEpoch = 0;
    int waits = 0;               ///< mini-batches in succession that were slow to load and late
    bool fillsSlowly = false;    ///< the last one that was filled
    std::size_t mostThreads = 2; ///< that are ever used
    bool quit = false;
    std::exception_ptr failure; ///< of a thread; next() passes it on
    std::vector<std::thread> threads;

    std::int64_t batches() const {
        const auto samples = static_cast<std::int64_t>(all.size());
        const bool whole = lastBatch(samples, batch, shuffle) == batch;
        return whole ? samples / batch : (samples + batch - 1) / batch;
    }

    std::unique_ptr<MiniBatch>& placeOf(std::int64_t number) {
        return ready[static_cast<std::size_t>(number) % ready.size()];
    }

    std::int64_t inputFloats() const { return batch * data->info().input.size(); }
    std::int64_t targetFloats() const { return batch * data->targetWidth(); }

    std::unique_ptr<MiniBatch> makeBatch() const {
        auto made = std::make_unique<MiniBatch>();
        made->inputs = AlignedBuffer(static_cast<std::size_t>(inputFloats()));
        made->targets = AlignedBuffer(static_cast<std::size_t>(targetFloats()));
        made->samples.reserve(static_cast<std::size_t>(batch));
        return made;
    }

    /// As many mini-batches as are ever held, loaded or handed out. Where they are small it may be late in an
    /// epoch that so many are, and steps must not allocate.
    void makeSpare() {
        if (ahead == fewestAhead) return;
        while (std::ssize(spare) < std::min(ahead + 1, batches()))
            spare.push_back(makeBatch());
    }

    /// A mask is augmented as its picture is.
    void readInput(const Round& of, std::int64_t sample, float* input, std::span<float> wanted,
                   std::vector<float>& scratch) const {
        const Shape& shape = data->info().input;
        const std::optional<Shape>& mask = data->info().mask;
        data->readInput(part, sample, input);
        if (!augmentation.isEmpty()) {
            const std::uint64_t own = augmentationKey(seed, of.epoch, sample);
            augmentation.apply(shape, input, own, scratch);
            if (mask) augmentation.applyToMask(*mask, wanted.data(), own, scratch);
        }
        scaling.apply({input, static_cast<std::size_t>(shape.size())});
    }

    void fill(MiniBatch& target, const Round& of, std::int64_t first, std::vector<float>& scratch) const {
        const std::int64_t inputs = data->info().input.size(), targets = data->targetWidth();
        target.size = std::min<std::int64_t>(batch, static_cast<std::int64_t>(of.order.size()) - first);
        target.samples.assign(of.order.begin() + first, of.order.begin() + first + target.size);
        target.hasInputs = !needsInputs || needsInputs(target.samples);
        for (std::int64_t i = 0; i < target.size; ++i) {
            const std::int64_t sample = target.samples[static_cast<std::size_t>(i)];
            float* const input = target.inputs.data() + i * inputs;
            const std::span wanted(target.targets.data() + i * targets, static_cast<std::size_t>(targets));
            data->readCheckedTarget(part, sample, wanted);
            if (target.hasInputs) readInput(of, sample, input, wanted, scratch);
            scaling.applyToTargets(wanted);
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
        filled.notify_all();
    }

    bool hasWork() const { return round && nextToFill < std::min(batches(), nextToHand + ahead); }

    void serve() {
        std::vector<float> scratch;
        std::unique_lock lock(mutex);
        while (true) {
            emptied.wait(lock, [this] { return quit || hasWork(); });
            if (quit) return;
            fillNext(lock, scratch);
        }
    }

    /// Needs the lock and hasWork(); others may go on meanwhile.
    void fillNext(std::unique_lock<std::mutex>& lock, std::vector<float>& scratch) {
        const std::shared_ptr<const Round> mine = round;
        const std::int64_t number = nextToFill++;
        std::unique_ptr<MiniBatch> target;
        if (!spare.empty()) {
            target = std::move(spare.back());
            spare.pop_back();
        }
        lock.unlock();
        if (!target) target = makeBatch();
        const auto begun = std::chrono::steady_clock::now();
        fill(*target, *mine, number * batch, scratch);
        constexpr std::chrono::milliseconds slow(2); // far longer than threads wait for each other
        const bool filledSlowly = std::chrono::steady_clock::now() - begun > slow;
        lock.lock();
        fillsSlowly = filledSlowly;
        if (mine == round)
            placeOf(number) = std::move(target);
        else
            spare.push_back(std::move(target));
        filled.notify_all();
    }

    void addThread() {
        const UnplacedScope unplaced;
        try {
            threads.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            mostThreads = threads.size(); // one does the work of two, and next() does that of one
        }
    }

    /// Takes another thread where those that there are come late again and again, as where large pictures
    /// are decoded.
    void noteWait(bool late) {
        constexpr int bearable = 4;
        const bool running = nextToHand - firstOfEpoch >= bearable; // at first all are late
        waits = late && fillsSlowly && running ? waits + 1 : 0;
        if (waits < bearable || threads.empty() || threads.size() >= mostThreads) return;
        waits = 0;
        addThread();
        ahead = std::max(ahead, std::ssize(threads) + 2);
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
    const std::int64_t floats = impl_->inputFloats() + impl_->targetFloats();
    constexpr std::int64_t most = 64, floatsAhead = 1 << 16;
    impl_->ahead = std::clamp(floatsAhead / floats, impl_->ahead, most);
    // A mini-batch is ahead for each: all of them together take no more than a gigabyte.
    constexpr std::int64_t fewest = 2, mostUseful = 16, mostFloats = 1 << 28;
    const std::int64_t threads =
        std::min<std::int64_t>(std::thread::hardware_concurrency(), mostFloats / floats - 2);
    impl_->mostThreads = static_cast<std::size_t>(std::clamp(threads, fewest, mostUseful));
    impl_->ready.resize(std::max(static_cast<std::size_t>(impl_->ahead), impl_->mostThreads + 2));
    impl_->spare.reserve(impl_->ready.size() + 4); // never more: steps must not allocate
    for (std::size_t i = 0; i < (impl_->augmentation.isEmpty() ? 1 : 2) && i < impl_->mostThreads; ++i)
        impl_->addThread();
}

DataLoader::~DataLoader() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->quit = true;
    }
    impl_->emptied.notify_all();
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

void DataLoader::setNeedsInputs(std::function<bool(std::span<const std::int64_t>)> needsInputs) {
    impl_->needsInputs = std::move(needsInputs);
}

void DataLoader::start(std::int64_t epoch, std::int64_t firstBatch) {
    if (!impl_->round) impl_->makeSpare();
    auto round = std::make_shared<const Impl::Round>(Impl::Round{epoch, impl_->orderOf(epoch)});
    {
        const std::lock_guard lock(impl_->mutex);
        for (auto& batch : impl_->ready)
            if (batch) impl_->spare.push_back(std::move(batch));
        impl_->round = std::move(round);
        impl_->nextToFill = impl_->nextToHand = impl_->firstOfEpoch = firstBatch;
    }
    impl_->emptied.notify_all();
}

const MiniBatch* DataLoader::next() {
    std::unique_lock lock(impl_->mutex);
    if (impl_->handedOut) impl_->spare.push_back(std::move(impl_->handedOut));
    if (impl_->nextToHand >= impl_->batches()) return nullptr;
    std::unique_ptr<MiniBatch>& place = impl_->placeOf(impl_->nextToHand);
    if (impl_->threads.empty()) {
        std::vector<float> scratch;
        impl_->fillNext(lock, scratch);
    }
    impl_->noteWait(/*late=*/!place);
    impl_->filled.wait(lock, [&] { return place || impl_->failure; });
    if (!place) std::rethrow_exception(impl_->failure);
    ++impl_->nextToHand;
    impl_->handedOut = std::move(place);
    // Not for each one: to wake a thread costs more than a small step.
    if (impl_->nextToFill - impl_->nextToHand <= impl_->ahead / 2) impl_->emptied.notify_all();
    return impl_->handedOut.get();
}

} // namespace burdock
