#pragma once

#include "data_files.h"

#include <QDir>
#include <QFileInfo>

#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

/// The bytes of a number, the lowest first.
template <class T>
QByteArray littleEndian(T value) {
    QByteArray bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
}

/// How the samples of a WAV file are written.
struct WavFormat {
    int rate = 8000;
    int channels = 1;
    int bits = 16;
    bool floats = false;
};

/// A WAV file of the samples, the same in each channel.
inline QByteArray wav(const std::vector<double>& samples, const WavFormat& format = {}) {
    QByteArray data;
    for (const double sample : samples)
        for (int c = 0; c < format.channels; ++c) {
            const double full = std::ldexp(1, format.bits - 1);
            const auto whole = static_cast<qint64>(std::llround(std::min(sample * full, full - 1)));
            if (format.floats)
                data += format.bits == 32 ? littleEndian(static_cast<float>(sample)) : littleEndian(sample);
            else if (format.bits == 8)
                data += static_cast<char>(whole + 128);
            else
                data += littleEndian(whole).left(format.bits / 8);
        }
    const int frame = format.channels * format.bits / 8;
    const QByteArray fmt = littleEndian<quint16>(format.floats ? 3 : 1) +
                           littleEndian<quint16>(format.channels) + littleEndian<quint32>(format.rate) +
                           littleEndian<quint32>(format.rate * frame) + littleEndian<quint16>(frame) +
                           littleEndian<quint16>(format.bits);
    const QByteArray chunks =
        "WAVEfmt " + littleEndian<quint32>(16) + fmt + "data" + littleEndian<quint32>(data.size()) + data;
    return "RIFF" + littleEndian<quint32>(chunks.size()) + chunks;
}

inline std::vector<double> tone(double hertz, int rate, double seconds, double volume = 0.5) {
    std::vector<double> samples(static_cast<std::size_t>(std::lround(seconds * rate)));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = volume * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate);
    return samples;
}

/// A folder of recordings.
class Recordings {
  public:
    std::string add(const QString& name, const QByteArray& contents) const {
        QDir().mkpath(QFileInfo(QString::fromStdString(files.path(name))).path());
        return files.write(name, contents);
    }
    std::string path() const { return files.path(); }
    DataFolder files;
};
