#pragma once

#include "app/workspace.h"
#include "inspector/param_form.h"

namespace burdock {

/// As long as a field of the form shows what is no value, the workspace trains nothing.
inline void hinderWhileRefused(Workspace& workspace, ParamForm& form) {
    QObject::connect(&form, &ParamForm::validityChanged, &workspace,
                     [&] { workspace.setRefusedTexts(form, form.refused()); });
    // Not while what the form lies in is being destroyed too, which listens to the workspace.
    QObject::connect(
        &form, &QObject::destroyed, &workspace, [&] { workspace.setRefusedTexts(form, {}); },
        Qt::QueuedConnection);
}

} // namespace burdock
