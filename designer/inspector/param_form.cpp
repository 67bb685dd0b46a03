#include "inspector/param_form.h"

#include "inspector/param_field.h"
#include "theme/theme.h"

#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace burdock {

ParamForm::ParamForm(QWidget* parent)
    : QWidget(parent)
    , layout_(new QVBoxLayout(this)) {
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(Theme::instance().space(2));
}

ParamForm::~ParamForm() {
    qDeleteAll(std::exchange(
        fields_, {})); // a field that loses the focus still tells the form, which must be whole then
}

void ParamForm::setSpecs(const std::vector<ParamSpec>& specs, const QSet<QString>& hidden) {
    const bool wasInvalid = hasInvalidText();
    qDeleteAll(std::exchange(fields_, {}));
    specs_.clear();
    values_.clear();
    delete std::exchange(more_, nullptr);

    const auto add = [&](const ParamSpec& spec) {
        auto* field = new ParamField(spec, this);
        fields_.push_back(field);
        layout_->addWidget(field);
        connect(field, &ParamField::edited, this, [this, key = spec.key](const ParamValue& value) {
            values_[key] = value;
            showWhatApplies();
            emit changed(QString::fromStdString(key), value);
        });
        connect(field, &ParamField::validityChanged, this, &ParamForm::validityChanged);
        connect(field, &ParamField::left, this, &ParamForm::left);
    };
    const auto isHidden = [&](const ParamSpec& s) { return hidden.contains(QString::fromStdString(s.key)); };
    bool anyAdvanced = false;
    for (const ParamSpec& spec : specs) {
        specs_[spec.key] = spec;
        values_[spec.key] = spec.defaultValue;
        if (isHidden(spec)) continue;
        if (spec.advanced)
            anyAdvanced = true;
        else
            add(spec);
    }
    if (anyAdvanced) {
        more_ = new QToolButton(this);
        more_->setObjectName(QStringLiteral("more"));
        more_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        more_->setCheckable(true);
        more_->setChecked(unfolded_);
        more_->setIconSize({14, 14});
        layout_->addWidget(more_);
        connect(more_, &QToolButton::toggled, this, [this](bool on) {
            unfolded_ = on;
            showWhatApplies();
        });
        for (const ParamSpec& spec : specs)
            if (spec.advanced && !isHidden(spec)) add(spec);
    }
    showWhatApplies();
    if (wasInvalid) emit validityChanged();
}

void ParamForm::setValues(const ParamValues& values, const QSet<QString>& mixed) {
    for (ParamField* field : fields_) {
        const ParamValue& value = paramOr(values, field->spec());
        values_[field->spec().key] = value;
        if (mixed.contains(QString::fromStdString(field->spec().key)))
            field->setMixed();
        else
            field->setValue(value);
    }
    showWhatApplies();
}

ParamValues ParamForm::values() const {
    return values_;
}

void ParamForm::setProblems(const std::vector<Diagnostic>& problems) {
    for (ParamField* field : fields_) {
        const auto found = std::find_if(problems.begin(), problems.end(),
                                        [&](const Diagnostic& d) { return d.param == field->spec().key; });
        if (found == problems.end()) {
            field->setProblem({});
        } else {
            std::string text = found->what;
            for (const std::string& part : {found->why, found->mend})
                if (!part.empty()) text += " " + part;
            field->setProblem(QString::fromStdString(text), found->severity == Severity::Error);
        }
    }
}

void ParamForm::setUnused(const QSet<QString>& keys) {
    if (std::exchange(unused_, keys) != keys) showWhatApplies();
}

void ParamForm::setReference(const QString& address) {
    for (ParamField* field : fields_)
        field->setProperty("reference", address + QString::fromStdString(field->spec().key));
}

bool ParamForm::hasInvalidText() const {
    return !refused().empty();
}

std::vector<Diagnostic> ParamForm::refused() const {
    std::vector<Diagnostic> all;
    for (const ParamField* field : fields_)
        if (field->refused()) all.push_back(*field->refused());
    return all;
}

ParamField* ParamForm::field(const std::string& key) const {
    const auto it = std::find_if(fields_.begin(), fields_.end(),
                                 [&](const ParamField* f) { return f->spec().key == key; });
    return it == fields_.end() ? nullptr : *it;
}

void ParamForm::showWhatApplies() {
    int changedBelow = 0, advanced = 0;
    for (ParamField* field : fields_) {
        const ParamSpec& spec = field->spec();
        const auto other = specs_.find(spec.onlyIfKey);
        const bool used = !unused_.contains(QString::fromStdString(spec.key)) &&
                          (other == specs_.end() || applies(spec, other->second, values_));
        field->setVisible(used && (!spec.advanced || unfolded_));
        if (!used || !spec.advanced) continue;
        ++advanced;
        if (toString(paramOr(values_, spec)) != toString(spec.defaultValue)) ++changedBelow;
    }
    if (!more_) return;
    more_->setVisible(advanced > 0);
    more_->setText(changedBelow > 0 ? tr("More settings (%n changed)", nullptr, changedBelow)
                                    : tr("More settings"));
    more_->setIcon(
        Theme::instance().icon(unfolded_ ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
                               QStringLiteral("ink.soft")));
}

} // namespace burdock
