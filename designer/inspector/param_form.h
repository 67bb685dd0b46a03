#pragma once

#include "engine/schema/param_spec.h"

#include <QSet>
#include <QWidget>

#include <map>

class QToolButton;
class QVBoxLayout;

namespace burdock {

class ParamField;

/// A form made from ParamSpecs: for a layer's hyperparameters, an optimizer's, a run's settings. Advanced
/// ones are folded away, those with a condition show only while it holds.
class ParamForm : public QWidget {
    Q_OBJECT
  public:
    explicit ParamForm(QWidget* parent = nullptr);
    ~ParamForm() override;

    /// Builds the fields anew, with their defaults. Keys in `hidden` are left out.
    void setSpecs(const std::vector<ParamSpec>& specs, const QSet<QString>& hidden = {});
    /// Shows values without emitting anything; what is missing has its default. The fields of `mixed` keys
    /// say that there are several values.
    void setValues(const ParamValues& values, const QSet<QString>& mixed = {});
    /// The valid values shown, all keys.
    ParamValues values() const;
    /// Shows those problems that name a field by `param`; the others are for the caller to show.
    void setProblems(const std::vector<Diagnostic>& problems);
    /// Something stands in a field that is no value.
    bool hasInvalidText() const;
    /// Why, of every such field: none of them has the value that it shows.
    std::vector<Diagnostic> refused() const;
    /// Fields that mean nothing beside what the form does not know, such as the data: they are not shown.
    void setUnused(const QSet<QString>& keys);
    /// Where the reference tells of these fields: each adds its key to the address, and has it as the
    /// property "reference", by which F1 finds it.
    void setReference(const QString& address);
    ParamField* field(const std::string& key) const;
    bool isEmpty() const { return fields_.empty(); }

  signals:
    /// The user gave a valid value, at every key.
    void changed(const QString& key, const burdock::ParamValue& value);
    void validityChanged();
    /// The focus left a field: what is changed next is another edit.
    void left();

  private:
    void showWhatApplies();

    QVBoxLayout* layout_;
    QToolButton* more_ = nullptr;
    QSet<QString> unused_;
    bool unfolded_ = false;
    std::vector<ParamField*> fields_;
    std::map<std::string, ParamSpec> specs_;
    ParamValues values_;
};

} // namespace burdock
