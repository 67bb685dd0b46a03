#pragma once

#include "engine/schema/guarded.h"
#include "storage/notebook/records.h"
#include "storage/storage_error.h"

namespace burdock {

/// An error of the session's own.
inline Diagnostic problem(std::string code, std::string what, std::string where, std::string mend,
                          std::string why = {}) {
    Diagnostic d;
    d.code = std::move(code);
    d.what = std::move(what);
    d.where = std::move(where);
    d.why = std::move(why);
    d.mend = std::move(mend);
    return d;
}

/// "Run 3, first": where it is.
inline std::string placeOf(const storage::RunSummary& run) {
    return "Run " + std::to_string(run.id.value) + ", " + run.start.name.toStdString();
}

/// The code of what a notebook refuses, other than what it does not have.
inline constexpr const char* notebookProblem = "notebook";

/// A notebook's refusal as the diagnostic that views and the command line show.
inline Diagnostic toDiagnostic(const storage::StorageError& error) {
    return problem(error.kind == storage::StorageError::Kind::NotFound ? "notebook.missing" : notebookProblem,
                   error.what.toStdString(), error.where.toStdString(), error.mend.toStdString());
}

/// How guarded() explains work that broke off: nothing may be thrown across a thread.
inline auto brokenOff(std::string where) {
    return [where = std::move(where)](const Breakdown& broken) {
        return problem("exception", "The work broke off.", where,
                       "Close other programs if memory is short, then try again.", broken.why);
    };
}

} // namespace burdock
