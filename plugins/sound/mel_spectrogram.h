#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace burdock {

/// By the names that librosa and torchaudio have for them.
struct MelSettings {
    std::int64_t sampleRate = 16000; ///< Hz
    std::int64_t nFft = 512;         ///< samples of a window
    std::int64_t hopLength = 160;    ///< samples from one window to the next
    std::int64_t nMels = 64;         ///< bands
    double fmin = 0, fmax = 8000;    ///< Hz: where the lowest band begins and the highest ends
    double topDb = 80;               ///< dB: what lies further below the loudest is as silence

    std::int64_t framesOf(std::int64_t samples) const { return 1 + samples / hopLength; }
};

/// Log-mel spectrograms: power of the short-time Fourier transform (windows of Hann, periodic, the signal
/// continued by n_fft / 2 zeros at both ends), summed by triangles over Slaney's mel scale, each of the same
/// area, in dB below the loudest value of the recording. These are librosa's defaults: power_to_db of
/// feature.melspectrogram with ref=max and top_db. Source of the scale: Slaney, Auditory Toolbox, Interval
/// Research TR 1998-010.
class MelSpectrogram {
  public:
    /// Takes settings with 0 ≤ fmin < fmax ≤ sampleRate / 2 and sizes from 1 on.
    explicit MelSpectrogram(const MelSettings& settings);

    /// Writes nMels × frames values from -topDb to 0, the lowest band first, the frames of a band one after
    /// the other; behind its end the signal is silent. Samples must be finite; silence gives -topDb.
    /// Thread-safe.
    void compute(std::span<const float> samples, std::int64_t frames, float* values) const;

    /// How many bands lie between two of the transform's frequencies, so that nothing is ever in them.
    std::int64_t emptyBands() const;

  private:
    struct Band {
        std::int64_t first = 0;     ///< of the transform's frequencies
        std::vector<float> weights; ///< from there on
    };
    /// A window's samples from `begin` on, weighted.
    void cutOut(std::span<const float> samples, double gain, std::int64_t begin, float* window) const;
    /// Writes a value for each band, `stride` apart; the largest.
    float sumBands(const std::complex<float>* spectrum, std::int64_t stride, float* values) const;

    MelSettings settings_;
    std::vector<float> window_;
    std::vector<Band> bands_;
};

} // namespace burdock
