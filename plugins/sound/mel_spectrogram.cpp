#include "mel_spectrogram.h"

#include <armadillo>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace burdock {
namespace {

constexpr double linearHertzPerMel = 200.0 / 3, logFrom = 1000, logFromMel = logFrom / linearHertzPerMel;
const double logStep = std::log(6.4) / 27;

double melOf(double hertz) {
    return hertz < logFrom ? hertz / linearHertzPerMel : logFromMel + std::log(hertz / logFrom) / logStep;
}

double hertzOf(double mel) {
    return mel < logFromMel ? mel * linearHertzPerMel : logFrom * std::exp(logStep * (mel - logFromMel));
}

} // namespace

MelSpectrogram::MelSpectrogram(const MelSettings& settings)
    : settings_(settings) {
    const std::int64_t size = settings.nFft;
    for (std::int64_t i = 0; i < size; ++i)
        window_.push_back(static_cast<float>(
            0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size))));
    const double lowest = melOf(settings.fmin), highest = melOf(settings.fmax);
    const auto edge = [&](std::int64_t i) {
        return hertzOf(lowest +
                       (highest - lowest) * static_cast<double>(i) / static_cast<double>(settings.nMels + 1));
    };
    const double hertzPerBin = static_cast<double>(settings.sampleRate) / static_cast<double>(size);
    for (std::int64_t band = 0; band < settings.nMels; ++band) {
        const double low = edge(band), centre = edge(band + 1), high = edge(band + 2);
        Band made;
        for (std::int64_t bin = 0; bin <= size / 2; ++bin) {
            const double hertz = static_cast<double>(bin) * hertzPerBin;
            const double weight = std::min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
            if (weight <= 0) continue;
            if (made.weights.empty()) made.first = bin;
            made.weights.push_back(static_cast<float>(weight * 2 / (high - low)));
        }
        bands_.push_back(std::move(made));
    }
}

std::int64_t MelSpectrogram::emptyBands() const {
    return std::ranges::count_if(bands_, [](const Band& band) { return band.weights.empty(); });
}

void MelSpectrogram::cutOut(std::span<const float> samples, double gain, std::int64_t begin,
                            float* window) const {
    for (std::int64_t i = 0; i < settings_.nFft; ++i) {
        const std::int64_t at = begin + i;
        const bool inside = at >= 0 && at < std::ssize(samples);
        window[i] = inside ? static_cast<float>(samples[static_cast<std::size_t>(at)] * gain) *
                                 window_[static_cast<std::size_t>(i)]
                           : 0.0f;
    }
}

float MelSpectrogram::sumBands(const std::complex<float>* spectrum, std::int64_t stride,
                               float* values) const {
    float loudest = 0;
    for (const Band& band : bands_) {
        float sum = 0;
        for (std::size_t i = 0; i < band.weights.size(); ++i)
            sum += band.weights[i] * std::norm(spectrum[static_cast<std::size_t>(band.first) + i]);
        *values = sum;
        values += stride;
        loudest = std::max(loudest, sum);
    }
    return loudest;
}

void MelSpectrogram::compute(std::span<const float> samples, std::int64_t frames, float* values) const {
    const std::int64_t size = settings_.nFft, count = std::ssize(samples), all = settings_.nMels * frames;
    float peak = 0;
    for (const float sample : samples)
        peak = std::max(peak, std::abs(sample));
    if (peak == 0) {
        std::fill_n(values, all, static_cast<float>(-settings_.topDb));
        return;
    }
    std::fill_n(values, all, 0.0f);
    // Only what is relative to the loudest counts: so neither loud floats nor faint ones leave float's range.
    const double gain = 1.0 / static_cast<double>(peak);
    const std::int64_t heard = std::min(frames, (count + size / 2 - 1) / settings_.hopLength + 1);
    constexpr std::int64_t blockSamples = 1 << 16;
    const std::int64_t block = std::max<std::int64_t>(1, blockSamples / size);
    float loudest = 0;
    for (std::int64_t first = 0; first < heard; first += block) {
        const std::int64_t columns = std::min(block, heard - first);
        arma::fmat windows(static_cast<arma::uword>(size), static_cast<arma::uword>(columns));
        for (std::int64_t frame = 0; frame < columns; ++frame)
            cutOut(samples, gain, (first + frame) * settings_.hopLength - size / 2,
                   windows.colptr(static_cast<arma::uword>(frame)));
        const arma::cx_fmat spectra = arma::fft(windows);
        for (std::int64_t frame = 0; frame < columns; ++frame)
            loudest = std::max(loudest, sumBands(spectra.colptr(static_cast<arma::uword>(frame)), frames,
                                                 values + first + frame));
    }
    for (std::int64_t i = 0; i < all; ++i) {
        const float relative = loudest > 0 ? values[i] / loudest : 0.0f;
        const float decibels = relative > 0 ? 10 * std::log10(relative) : -INFINITY;
        values[i] = std::max(decibels, static_cast<float>(-settings_.topDb));
    }
}

} // namespace burdock
