#pragma once

#include "notebook/run_columns.h"

namespace burdock {

/// One thing to know of a run.
struct Fact {
    enum class Group { Result, Training, Data, Network, Circumstances };
    Group group = Group::Result;
    QString key; ///< the same for the same fact of other runs
    QString label;
    QString value;
};

QString groupTitle(Fact::Group group);

/// A setting's value as people read it: the label of a choice, a number with its unit.
QString settingText(const ParamSpec& spec, const ParamValue& value);

/// "Best", "Last", "Of epoch 4", "By hand"
QString checkpointName(const storage::CheckpointInfo& checkpoint);

/// Results, every setting with its label and unit, data and hash, layers, machine and version. `damage`: what
/// damageOf() tells of the run. `heading`: that it is a fold of; null: of none.
QList<Fact> runFacts(const storage::RunSummary& run, const QString& damage,
                     const CrossValidation* heading = nullptr);

} // namespace burdock
