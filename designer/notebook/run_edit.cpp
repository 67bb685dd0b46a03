#include "notebook/run_edit.h"

#include "notebook/runs_model.h"

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
    , after_(std::move(after))
    , series_(series)
    , refused_(std::make_shared<bool>(false)) {}

int RunEdit::id() const {
    return field_ == Field::Notes ? 1 : -1;
}

bool RunEdit::mergeWith(const QUndoCommand* other) {
    const auto& next = static_cast<const RunEdit&>(*other);
    if (next.run_ != run_ || next.field_ != field_ || next.series_ != series_) return false;
    after_ = next.after_;
    if (!*next.refused_) refused_ = next.refused_;
    setObsolete(before_ == after_);
    return true;
}

void RunEdit::undo() {
    apply(before_);
}

void RunEdit::redo() {
    apply(after_);
}

void RunEdit::apply(const QVariant& value) {
    // A step that the notebook refused is no step: it must not be undone into something that never was.
    if (*refused_) return setObsolete(true);
    bool known = false;
    const auto refused = [flag = refused_] { *flag = true; };
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
