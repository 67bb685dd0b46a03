#pragma once

#include "engine/data/dataset_catalog.h"

#include <QByteArray>
#include <QString>
#include <QTemporaryDir>

#include <vector>

/// The catalog with the shipped plugins, loaded once for the test program.
burdock::DatasetCatalog& shippedCatalog();

/// A folder that goes away with the test, to write data files into.
class DataFolder {
  public:
    std::string path(const QString& name = {}) const;
    /// Writes a file and gives its path.
    std::string write(const QString& name, const QByteArray& contents) const;

  private:
    QTemporaryDir folder_;
};

QByteArray gzipped(const QByteArray& contents);
/// An IDX file of unsigned bytes with this header and these values.
QByteArray idx(const std::vector<std::uint32_t>& dims, const QByteArray& values, char type = 8);

/// The most memory that the program has had so far, in bytes.
std::int64_t peakMemory();

/// "code what why" of what opening gives, or "opened".
std::string refusalOf(const std::string& idOrPath);
std::vector<float> inputOf(const burdock::Dataset& data, burdock::Part part, std::int64_t index);
std::vector<float> targetOf(const burdock::Dataset& data, burdock::Part part, std::int64_t index);
