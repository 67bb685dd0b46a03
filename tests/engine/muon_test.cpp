// Muon's matrices against the definition in double precision, and its directions against the singular value
// decomposition.
#include "engine/tensor/random.h"
#include "engine/train/optimizer.h"
#include "engine/train/optimizers/muon.h"
#include "train_support.h"

#include <QTest>

using namespace burdock;
using namespace burdock::testing;

namespace {

arma::mat gaussian(arma::uword rows, arma::uword columns, std::uint64_t key) {
    arma::mat m(rows, columns);
    for (arma::uword i = 0; i < m.n_elem; ++i)
        m[i] = randomNormal(key, i);
    return m;
}

/// U·f(Σ)·Vᵀ, f the iteration's polynomial on each singular value: the definition, without a matrix product
/// of the iteration's.
arma::mat definition(const arma::mat& g, int steps) {
    arma::mat u, v;
    arma::vec s;
    arma::svd_econ(u, s, v, g);
    s /= arma::norm(g, "fro") + 1e-7;
    for (int i = 0; i < steps; ++i)
        s = 3.4445 * s - 4.7750 * arma::pow(s, 3) + 2.0315 * arma::pow(s, 5);
    return u * arma::diagmat(s) * v.t();
}

} // namespace

class MuonTest : public QObject {
    Q_OBJECT
  private slots:
    /// An array without such a slot has none, whatever the others have.
    void slotsAreThoseOfTheTensor() {
        for (const OptimizerSchema& schema : optimizers()) {
            const auto optimizer = schema.make({});
            const OptimizerState state(*optimizer,
                                       {ParameterTensor::plain({24, 70}), ParameterTensor::plain({70})});
            for (std::size_t t = 0; t < state.tensors().size(); ++t) {
                const std::size_t own = optimizer->slotSpecs(state.tensors()[t]).size();
                for (std::size_t i = 0; i < own; ++i)
                    QVERIFY2(!state.slot(t, i).empty(), schema.id.c_str());
                for (std::size_t i = own; i < 6; ++i)
                    QVERIFY2(state.slot(t, i).empty(), schema.id.c_str());
            }
            QVERIFY(state.slot(2, 0).empty());
        }
    }
    void orthogonalises_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("wide") << 24 << 70;
        QTest::newRow("tall") << 70 << 24;
        QTest::newRow("square") << 48 << 48;
        QTest::newRow("thin") << 2 << 90;
    }
    void orthogonalises() {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const arma::mat g = gaussian(static_cast<arma::uword>(rows), static_cast<arma::uword>(columns), 5);
        arma::mat x = g;
        optimize::orthogonalise(x, 5);
        QVERIFY(arma::approx_equal(x, definition(g, 5), "absdiff", 1e-9));
        arma::fmat single = arma::conv_to<arma::fmat>::from(g);
        optimize::orthogonalise(single, 5);
        QVERIFY(arma::approx_equal(arma::conv_to<arma::mat>::from(single), x, "absdiff", 2e-4));
        // All directions count about alike, however unlike they were: a square of Gaussians has some that are
        // a hundredth of the largest.
        const arma::vec s = arma::svd(x);
        if (rows != columns) QVERIFY2(s.min() > 0.6, QByteArray::number(s.min()));
        QVERIFY2(s.max() < 1.3, QByteArray::number(s.max()));
        arma::mat u, v;
        arma::vec before;
        arma::svd_econ(u, before, v, g);
        // The direction is that of U·Vᵀ.
        const double cosine =
            arma::dot(x, arma::mat(u * v.t())) / (arma::norm(x, "fro") * std::sqrt(before.n_elem));
        QVERIFY2(cosine > 0.95, QByteArray::number(cosine));
    }
    void zeroStaysZero() {
        arma::fmat none(4, 9, arma::fill::zeros);
        optimize::orthogonalise(none, 5);
        QCOMPARE(arma::abs(none).max(), 0.0f);
    }

    /// Ten steps of a matrix (a filter bank counts as filters × the rest) against the algorithm's text.
    void stepsOfMatrices_data() {
        QTest::addColumn<bool>("nesterov");
        QTest::newRow("nesterov") << true;
        QTest::newRow("plain") << false;
    }
    void stepsOfMatrices() {
        QFETCH(bool, nesterov);
        const auto optimizer = findOptimizer("muon")->make({{"nesterov", nesterov}, {"decay", 0.1}});
        ParameterTensor filters = ParameterTensor::plain({40, 2, 3, 3});
        filters.name = "conv.weight";
        OptimizerState state(*optimizer, {filters});
        QCOMPARE(state.save().size(), 1U); // momentum alone
        constexpr arma::uword rows = 40, columns = 18;
        arma::mat w = gaussian(rows, columns, 1), momentum(rows, columns, arma::fill::zeros);
        std::vector<float> weights(rows * columns), gradients(rows * columns);
        const auto rowMajor = [&](const arma::mat& m, std::vector<float>& to) {
            for (arma::uword r = 0; r < rows; ++r)
                for (arma::uword c = 0; c < columns; ++c)
                    to[r * columns + c] = static_cast<float>(m(r, c));
        };
        rowMajor(w, weights);
        constexpr double rate = 0.02, decay = 0.1 + 0.2;
        for (int step = 1; step <= 10; ++step) {
            const arma::mat g = gaussian(rows, columns, static_cast<std::uint64_t>(10 + step));
            rowMajor(g, gradients);
            optimizer->update({weights, gradients, state, rate, step, 0.2, weights.size()});
            momentum = 0.95 * momentum + 0.05 * g;
            const arma::mat update = nesterov ? arma::mat(0.05 * g + 0.95 * momentum) : momentum;
            w = (1 - rate * decay) * w - rate * std::sqrt(40.0 / 18.0) * definition(update, 5);
            double worst = 0;
            for (arma::uword r = 0; r < rows; ++r)
                for (arma::uword c = 0; c < columns; ++c)
                    worst =
                        std::max(worst, std::abs(w(r, c) - static_cast<double>(weights[r * columns + c])));
            QVERIFY2(worst < 2e-5, qPrintable(QString("step %1: %2").arg(step).arg(worst)));
        }
    }
    /// Hidden matrices by Muon, all else by AdamW.
    void whatIsMovedHow() {
        const auto optimizer = findOptimizer("muon")->make({});
        ParameterTensor hidden = ParameterTensor::plain({6, 4});
        QCOMPARE(optimizer->slotSpecs(hidden).size(), 1U);
        for (auto& [change, dims] :
             std::vector<std::pair<std::function<void(ParameterTensor&)>, std::vector<std::int64_t>>>{
                 {[](ParameterTensor& t) { t.table = true; }, {6, 4}},
                 {[](ParameterTensor& t) { t.last = true; }, {6, 4}},
                 {[](ParameterTensor&) {}, {24}},
                 {[](ParameterTensor&) {}, {1, 24}},
                 {[](ParameterTensor&) {}, {24, 1}}}) {
            ParameterTensor other = ParameterTensor::plain(dims);
            change(other);
            QCOMPARE(optimizer->slotSpecs(other).size(), 2U);
        }
    }
    /// It learns, in the layouts of the fast path too.
    void learns() {
        TrainConfig config;
        config.optimizer = "muon";
        config.learningRate = 0.02;
        config.schedule = "constant";
        config.epochs = 8;
        auto trainer =
            Trainer::make(network(3, "softmax"), std::make_shared<const Clouds>(Task::Multiclass), config);
        QVERIFY(trainer);
        Recorder recorder;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(recorder, control);
        QVERIFY(finish.status == RunStatus::Finished);
        QVERIFY2(recorder.epochs.back().value("train.loss") <
                     0.5 * recorder.epochs.front().value("train.loss"),
                 QByteArray::number(recorder.epochs.back().value("train.loss")));
    }
};

QTEST_GUILESS_MAIN(MuonTest)
#include "muon_test.moc"
