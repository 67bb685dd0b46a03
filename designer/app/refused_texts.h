#pragma once

#include "app/workspace.h"
#include "inspector/param_form.h"

namespace burdock {

/// As long as a field of the form shows what is no value, the workspace trains nothing.
inline void hinderWhileRefused(Workspace& workspace, ParamForm& form) {
    const int number = workspace.addForm();
    QObject::connect(&form, &ParamForm::validityChanged, &workspace,
                     [&workspace, &form, number] { workspace.setRefusedTexts(number, form.refused()); });
    // Not while what the form lies in is being destroyed too, which listens to the workspace.
    QObject::connect(
        &form, &QObject::destroyed, &workspace,
        [&workspace, number] { workspace.setRefusedTexts(number, {}); }, Qt::QueuedConnection);
}

} // namespace burdock
