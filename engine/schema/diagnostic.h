#pragma once

#include "engine/schema/node_path.h"
#include "engine/schema/param_value.h"

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace burdock {

enum class Severity { Error, Warning, Hint };

/// An edit of the graph, or of the training settings, that mends a diagnostic by one click; Adapt: the offer
/// to make the whole network suit the data, which changes nothing by itself.
struct Fix {
    enum class Kind { SetParam, InsertBefore, RemoveNode, RemoveInput, AppendAfter, SetSetting, Adapt };
    Kind kind = Kind::SetParam;
    std::string label; ///< "Insert Flatten", "Set stride to 1 × 1"
    NodePath node;     ///< the node that is changed, or before/after which one is inserted
    std::string param; ///< SetParam: its key; SetSetting: that of a training setting
    ParamValue value;  ///< SetParam, SetSetting: its new value
    std::string layer; ///< InsertBefore, AppendAfter: the schema id of the new layer
    int port = 0;      ///< InsertBefore, RemoveInput: the input port
    /// InsertBefore, AppendAfter: the new layer's; SetParam: more that are set; SetSetting: those of the
    /// entry that the setting then names.
    ParamValues layerParams{};
};

/// A refusal or a warning as a value: what is wrong, where, why, and how to mend it.
struct Diagnostic {
    Severity severity = Severity::Error;
    std::string code;  ///< stable, for tests and help pages: "shape.mismatch"
    std::string what;  ///< one sentence without the place: "The inputs differ in shape."
    std::string where; ///< for people: a node's name, a file, a field
    std::string why;   ///< the cause with its figures; may be empty
    std::string mend;  ///< what to do, as an imperative sentence
    NodePath node;     ///< the node concerned, if any
    std::string param; ///< the hyperparameter or field concerned, if any
    std::optional<Fix> fix;
};

/// "where: what", or what alone if no place is known; the name of a node in quotes.
std::string placed(const Diagnostic& diagnostic);

/// "where: what why mend" on one line, for the command line and logs.
std::string oneLine(const Diagnostic& diagnostic);

/// What is wrong, with its place in front where that is not the node seen from outside but one within a
/// block.
std::string headline(const Diagnostic& diagnostic);

/// The same with every text cut to what a message can bear. Texts hold names and values out of files, of any
/// length: whoever makes a diagnostic of them passes it through here, or through refuse().
Diagnostic shortened(Diagnostic diagnostic);

template <class T>
using Result = tl::expected<T, Diagnostic>;
using Status = Result<void>;

inline tl::unexpected<Diagnostic> refuse(Diagnostic diagnostic) {
    return tl::unexpected<Diagnostic>(shortened(std::move(diagnostic)));
}

} // namespace burdock
