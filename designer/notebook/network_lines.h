#pragma once

#include "engine/graph/graph.h"

#include <QList>
#include <QString>

namespace burdock {

/// One layer in a readable list of a network.
struct NetworkLine {
    QString name;
    QString type;    ///< "Convolution 2D"
    QString summary; ///< its telling hyperparameters
    QString output;  ///< shape
    qint64 parameters = 0;
    qint64 macs = 0;
    QString category; ///< key, for colours
};

/// The layers in the order of running; a block is one line.
QList<NetworkLine> networkLines(const Graph& graph);

} // namespace burdock
