#include "engine/kernels/vector/winograd.h"

#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/processor.h"

#include <QTest>
#include <bit>
#include <cmath>
#include <limits>
#include <omp.h>
#include <random>
#include <vector>

using namespace burdock;
using fast::Winograd;
using fast::WinogradShape;

Q_DECLARE_METATYPE(WinogradShape)

namespace {

/// Memory of so many floats, with values behind it that must stay as they are.
class Fenced {
  public:
    explicit Fenced(std::int64_t floats)
        : size_(static_cast<std::size_t>(floats))
        , memory_(size_ + fence) {
        std::fill_n(memory_.data(), size_, std::numeric_limits<float>::quiet_NaN());
        std::fill_n(memory_.data() + size_, fence, 77.0f);
    }
    float* data() const { return memory_.data(); }
    bool isIntact() const {
        return std::all_of(memory_.data() + size_, memory_.data() + size_ + fence,
                           [](float v) { return v == 77.0f; });
    }

  private:
    static constexpr std::size_t fence = 64;
    std::size_t size_;
    AlignedBuffer memory_;
};

/// Values of either type.
class Values {
  public:
    Values(std::int64_t count, bool bfloat16)
        : bfloat16_(bfloat16)
        , memory_(bfloat16 ? (count + 1) / 2 : count) {}
    float* data() const { return memory_.data(); }
    bool isIntact() const { return memory_.isIntact(); }
    std::vector<float> all(std::int64_t count) const {
        std::vector<float> values(static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = at(i);
        return values;
    }
    float at(std::size_t i) const {
        return bfloat16_ ? std::bit_cast<float>(static_cast<std::uint32_t>(halves()[i]) << 16) : data()[i];
    }
    /// Cut off to what the type can hold.
    void set(std::size_t i, float value) {
        if (bfloat16_)
            halves()[i] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
        else
            data()[i] = value;
    }

  private:
    std::uint16_t* halves() const { return reinterpret_cast<std::uint16_t*>(data()); }
    bool bfloat16_;
    Fenced memory_;
};

/// Values as (N, C/L, H, W, L) and weights as (K/L, C/L, 3, 3, L, L), for vectors of L.
struct Places {
    std::int64_t lanes;
    std::size_t value(std::int64_t channels, std::int64_t height, std::int64_t width, std::int64_t n,
                      std::int64_t c, std::int64_t y, std::int64_t x) const {
        return static_cast<std::size_t>(
            (((n * (channels / lanes) + c / lanes) * height + y) * width + x) * lanes + c % lanes);
    }
    std::size_t weight(std::int64_t channels, std::int64_t k, std::int64_t c, std::int64_t tap) const {
        return static_cast<std::size_t>(
            (((k / lanes * (channels / lanes) + c / lanes) * 9 + tap) * lanes + c % lanes) * lanes +
            k % lanes);
    }
};

/// The largest error, as a share of the root of the mean square.
class Error {
  public:
    void add(double got, double wanted) {
        largest_ = std::isfinite(got) ? std::max(largest_, std::abs(got - wanted)) : got;
        squares_ += wanted * wanted;
        ++count_;
    }
    double share() const { return largest_ / std::sqrt(squares_ / static_cast<double>(count_)); }

  private:
    double largest_ = 0, squares_ = 0;
    std::int64_t count_ = 0;
};

#define VERIFY_ERROR(error, most)                                                                            \
    QVERIFY2((error).share() < (most), QByteArray::number((error).share()).constData())

} // namespace

/// Winograd's algorithms against the definition of convolution, in double.
class WinogradTest : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithTheDefinition_data() {
        QTest::addColumn<WinogradShape>("shape");
        QTest::addColumn<int>("threads");
        // The last tiles of a batch fill neither a pair, nor a row of products, nor a block, nor a map.
        const auto row = [](const char* name, WinogradShape shape, int threads) {
            QTest::newRow(name) << shape << threads;
        };
        row("same", {5, 32, 64, 13, 15, 13, 15, 1, 1}, 1);
        row("same, several blocks of tiles", {9, 64, 32, 18, 19, 18, 19, 1, 1}, 2);
        row("whole tiles, three threads", {3, 32, 32, 16, 24, 16, 24, 1, 1}, 3);
        row("valid", {4, 32, 32, 15, 12, 13, 10, 0, 0}, 2);
        row("zeros at one side", {3, 32, 32, 12, 13, 12, 13, 2, 0}, 2);
        row("zeros at all sides", {1, 32, 64, 9, 8, 11, 10, 2, 2}, 1);
        row("one pixel", {1, 64, 32, 1, 1, 1, 1, 1, 1}, 2);
    }
    void agreesWithTheDefinition() {
        QFETCH(WinogradShape, shape);
        QFETCH(int, threads);
        const int before = omp_get_max_threads();
        omp_set_num_threads(threads);
        for (const bool bfloat16 : {false, true}) {
            if (bfloat16 && !processor::has(processor::InstructionSet::Avx512Bfloat16)) continue;
            const auto winograd = Winograd::make(shape, bfloat16);
            if (!winograd) QSKIP("this processor has no instructions for it");
            compare(**winograd, shape, bfloat16);
            if (QTest::currentTestFailed()) break;
        }
        omp_set_num_threads(before);
    }
    void refusesOddChannels() {
        QVERIFY(!Winograd::make({1, 40, 32, 8, 8, 8, 8, 1, 1}, false));
        QVERIFY(!Winograd::make({1, 32, 24, 8, 8, 8, 8, 1, 1}, true));
    }

  private:
    static void compare(const Winograd& winograd, const WinogradShape& s, bool bfloat16);
};

void WinogradTest::compare(const Winograd& winograd, const WinogradShape& s, bool bfloat16) {
    const std::int64_t lanes = winograd.width();
    const Places at{lanes};
    const double most = bfloat16 ? 5e-2 : 1e-4; // of single values; their root mean square is a tenth
    Values x(s.batch * s.channels * s.height * s.width, bfloat16);
    Values dx(s.batch * s.channels * s.height * s.width, bfloat16);
    Values y(s.batch * s.filters * s.outHeight * s.outWidth, bfloat16);
    Values dy(s.batch * s.filters * s.outHeight * s.outWidth, bfloat16);
    Values w(s.channels * s.filters * 9, false), dw(s.channels * s.filters * 9, false);
    Values bias(s.filters, false), dBias(s.filters, false);
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    const auto fill = [&](Values& values, std::int64_t count, float size) {
        for (std::int64_t i = 0; i < count; ++i)
            values.set(static_cast<std::size_t>(i), size * normal(random));
    };
    fill(x, s.batch * s.channels * s.height * s.width, 1);
    fill(dy, s.batch * s.filters * s.outHeight * s.outWidth, 1);
    fill(w, s.channels * s.filters * 9, 0.1f);
    fill(bias, s.filters, 1);

    const Fenced scratch(winograd.scratchFloats()), training(winograd.trainingScratchFloats());
    winograd.forward(x.data(), w.data(), bias.data(), /*relu=*/true, y.data(), scratch.data());
    winograd.backwardWeights(x.data(), dy.data(), dw.data(), dBias.data(), training.data());
    winograd.backwardData(dy.data(), w.data(), dx.data(), training.data());

    // Tests are not optimised: within the loops nothing is called.
    const std::vector<float> xs = x.all(s.batch * s.channels * s.height * s.width);
    const std::vector<float> ws = w.all(s.channels * s.filters * 9);
    std::vector<double> made(static_cast<std::size_t>(s.batch * s.filters * s.outHeight * s.outWidth));
    std::vector<double> slope(xs.size()), kernels(ws.size());
    std::vector<double> sums(static_cast<std::size_t>(s.filters));
    for (std::int64_t n = 0; n < s.batch; ++n)
        for (std::int64_t k = 0; k < s.filters; ++k)
            for (std::int64_t i = 0; i < s.outHeight; ++i)
                for (std::int64_t j = 0; j < s.outWidth; ++j) {
                    const std::size_t to = at.value(s.filters, s.outHeight, s.outWidth, n, k, i, j);
                    const double g = dy.at(to);
                    double sum = bias.at(static_cast<std::size_t>(k));
                    sums[static_cast<std::size_t>(k)] += g;
                    for (std::int64_t tap = 0; tap < 9; ++tap) {
                        const std::int64_t row = i + tap / 3 - s.rowsBefore,
                                           column = j + tap % 3 - s.columnsBefore;
                        if (row < 0 || row >= s.height || column < 0 || column >= s.width) continue;
                        for (std::int64_t block = 0; block < s.channels; block += lanes) {
                            const std::size_t from =
                                at.value(s.channels, s.height, s.width, n, block, row, column);
                            const std::size_t kernel = at.weight(s.channels, k, block, tap);
                            const float *value = &xs[from], *weight = &ws[kernel];
                            double *dValue = &slope[from], *dWeight = &kernels[kernel];
                            for (std::int64_t c = 0; c < lanes; ++c) {
                                sum += static_cast<double>(value[c]) * weight[c * lanes];
                                dValue[c] += g * weight[c * lanes];
                                dWeight[c * lanes] += g * value[c];
                            }
                        }
                    }
                    made[to] = sum;
                }

    Error output, input, weights, biases;
    for (std::size_t i = 0; i < made.size(); ++i)
        output.add(y.at(i), std::max(made[i], 0.0));
    for (std::size_t i = 0; i < slope.size(); ++i)
        input.add(dx.at(i), slope[i]);
    for (std::size_t i = 0; i < kernels.size(); ++i)
        weights.add(dw.at(i), kernels[i]);
    for (std::size_t i = 0; i < sums.size(); ++i)
        biases.add(dBias.at(i), sums[i]);
    VERIFY_ERROR(output, most);
    VERIFY_ERROR(input, most);
    VERIFY_ERROR(weights, most);
    VERIFY_ERROR(biases, 1e-4);
    for (const Values* values : {&y, &dx, &dw, &dBias})
        QVERIFY(values->isIntact());
    QVERIFY(scratch.isIntact() && training.isIntact());
}

QTEST_GUILESS_MAIN(WinogradTest)
#include "winograd_test.moc"
