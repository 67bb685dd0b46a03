#include "notebook/run_edit.h"

#include "notebook/runs_model.h"

#include <algorithm>

namespace burdock {
namespace {

QString describe(RunEdit::Field field, const QVariant& after) {
    switch (field) {
    case RunEdit::Field::Name:
        return RunsModel::tr("Rename run");
    case RunEdit::Field::Notes:
        return RunsModel::tr("Edit notes");
    case RunEdit::Field::Tags:
        return RunsModel::tr("Change tags");
    case RunEdit::Field::Binned:
        return after.toBool() ? RunsModel::tr("Delete run") : RunsModel::tr("Restore run");
    }
    return {};
}

} // namespace

RunEdit::RunEdit(RunsModel& model, storage::RunId run, Field field, QVariant before, QVariant after,
                 qint64 series)
    : QUndoCommand(describe(field, after))
    , model_(model)
    , run_(run)
    , field_(field)
    , before_(std::move(before))
    , series_(series)
    , writes_{{std::move(after), std::make_shared<bool>(false)}} {}

const RunEdit::Write* RunEdit::last() const {
    const auto taken =
        std::find_if(writes_.rbegin(), writes_.rend(), [](const Write& w) { return !*w.refused; });
    return taken == writes_.rend() ? nullptr : &*taken;
}

int RunEdit::id() const {
    return field_ == Field::Notes ? 1 : -1;
}

bool RunEdit::mergeWith(const QUndoCommand* other) {
    const auto& next = static_cast<const RunEdit&>(*other);
    if (next.run_ != run_ || next.field_ != field_ || next.series_ != series_) return false;
    writes_.insert(writes_.end(), next.writes_.begin(), next.writes_.end());
    setObsolete(!last() || before_ == last()->value);
    return true;
}

// A step that the notebook refused is no step: it must not be undone into something that never was.
void RunEdit::undo() {
    if (!last()) return setObsolete(true);
    apply(before_, nullptr);
}

void RunEdit::redo() {
    if (!last()) return setObsolete(true);
    apply(last()->value, last()->refused);
}

void RunEdit::apply(const QVariant& value, const std::shared_ptr<bool>& flag) {
    bool known = false;
    const auto refused = [flag] {
        if (flag) *flag = true;
    };
    switch (field_) {
    case Field::Name:
        known = model_.rename(run_, value.toString(), refused);
        break;
    case Field::Notes:
        known = model_.setNotes(run_, value.toString(), refused);
        break;
    case Field::Tags:
        known = model_.setTags(run_, value.toStringList(), refused);
        break;
    case Field::Binned:
        known = model_.setBinned(run_, value.toBool(), refused);
        break;
    }
    if (!known) setObsolete(true);
}

} // namespace burdock
