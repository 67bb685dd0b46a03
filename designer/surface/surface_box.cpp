#include "surface/surface_box.h"

#include "theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace burdock {
namespace {

QString titleOf(const Surface& surface) {
    if (surface.isCurve())
        return surface.scene->numbers ? SurfaceBox::tr("Fitted curve") : SurfaceBox::tr("Probability");
    return surface.scene->numbers ? SurfaceBox::tr("Fitted surface") : SurfaceBox::tr("Decision surface");
}

QString swatch(const QColor& color) {
    return QStringLiteral("<span style='color:%1'>■</span>&nbsp;").arg(color.name());
}

/// In one piece: a name is not parted from its mark at the end of a line.
QString together(const QString& text) {
    return text.toHtmlEscaped().replace(QLatin1Char(' '), QStringLiteral("&nbsp;"));
}

QString legendOf(const Surface& surface, const SurfaceColors& colors, const QString& between) {
    constexpr int most = 8, longest = 24;
    QStringList parts;
    const QStringList classes = surface.scene->classNames(surface.choice.answer);
    for (int i = 0; i < std::min<int>(most, classes.size()); ++i) {
        QString name = classes[i];
        if (name.size() > longest) name = name.left(longest - 1) + QStringLiteral("…");
        parts << swatch(colors.ofClass(i)) + together(name);
    }
    if (classes.size() > most)
        parts << together(SurfaceBox::tr("and %n more", nullptr, static_cast<int>(classes.size()) - most));
    parts << together(SurfaceBox::tr("● training"));
    const bool validation =
        std::any_of(surface.points.begin(), surface.points.end(), [](const auto& p) { return p.validation; });
    if (validation) parts << together(SurfaceBox::tr("○ validation"));
    if (!classes.isEmpty()) {
        const QString text = surface.scene->thinned ? SurfaceBox::tr("✕ wrong: %1 of the %2 drawn")
                                                    : SurfaceBox::tr("✕ wrong: %1 of %2");
        parts << together(text.arg(exactCount(surface.wrong()), exactCount(std::ssize(surface.points))));
    }
    return parts.join(between);
}

} // namespace

SurfaceBox::SurfaceBox(QWidget* parent)
    : QWidget(parent)
    , bar_(new QHBoxLayout)
    , body_(new QBoxLayout(QBoxLayout::TopToBottom))
    , title_(new QLabel(tr("Decision surface")))
    , rest_(new QLabel(tr("Other features stand at their typical values.")))
    , legend_(new QLabel)
    , fields_(new QWidget)
    , choices_{{{new QLabel(tr("Across")), new QComboBox},
                {new QLabel(tr("Up")), new QComboBox},
                {new QLabel(tr("Shows")), new QComboBox}}}
    , view_(new SurfaceView) {
    const Theme& theme = Theme::instance();
    title_->setFont(theme.font(QStringLiteral("strong")));
    bar_->addWidget(title_);
    bar_->addStretch(1);

    auto* fields = new QHBoxLayout(fields_);
    fields->setContentsMargins(0, 0, 0, 0);
    for (const auto& [label, field] : choices_) {
        label->setBuddy(field);
        field->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        field->setMinimumContentsLength(8);
        fields->addWidget(label);
        field->setMaximumWidth(240);
        fields->addWidget(field, 100);
        connect(field, &QComboBox::activated, this, &SurfaceBox::take);
    }
    fields->addStretch(1);
    axisField(0)->setAccessibleName(tr("Feature along the horizontal axis"));
    axisField(1)->setAccessibleName(tr("Feature along the vertical axis"));
    answerField()->setAccessibleName(tr("Which of the network's answers is shown"));
    fields_->hide();
    rest_->setProperty("role", "soft");
    rest_->setFont(theme.font(QStringLiteral("caption")));
    rest_->setWordWrap(true);
    rest_->hide();
    legend_->setFont(theme.font(QStringLiteral("caption")));
    legend_->setTextFormat(Qt::RichText);
    legend_->setWordWrap(true);
    legend_->setProperty("role", "soft");
    legend_->setAccessibleName(tr("Legend"));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.space(1));
    column->addLayout(bar_);
    column->addWidget(fields_);
    auto* told = new QVBoxLayout;
    told->addWidget(legend_);
    told->addWidget(rest_);
    told->addStretch(1);
    body_->setSpacing(theme.space(2));
    body_->addWidget(view_, 1000); // as large as it may be
    body_->addLayout(told, 1);
    column->addLayout(body_, 1);
    connect(&Theme::instance(), &Theme::changed, this, &SurfaceBox::tell);
}

/// A surface is neither a strip nor a tower: what room is left, its legend has.
void SurfaceBox::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool wide = width() > 2 * height();
    if (const bool was = body_->direction() == QBoxLayout::LeftToRight; was != wide) {
        body_->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
        tell();
    }
    view_->setMaximumSize(wide ? static_cast<int>(1.5 * height()) : QWIDGETSIZE_MAX,
                          wide ? QWIDGETSIZE_MAX : std::max(view_->minimumSizeHint().height(), width()));
}

void SurfaceBox::offer(const SurfaceScene& scene) {
    if (offered_ == &scene) return;
    offered_ = &scene;
    QStringList axes;
    for (const SurfaceAxis& axis : scene.axes)
        axes << axis.name;
    const bool severalAxes = axes.size() > 2, severalAnswers = scene.answers.size() > 1;
    const auto fill = [](const Choice& choice, const QStringList& names, bool shown) {
        choice.field->clear();
        choice.field->addItems(names);
        choice.field->setVisible(shown);
        choice.label->setVisible(shown);
    };
    fill(choices_[0], axes, severalAxes);
    fill(choices_[1], axes, severalAxes);
    fill(choices_[2], scene.answers, severalAnswers);
    fields_->setVisible(severalAxes || severalAnswers);
    rest_->setVisible(scene.width > (scene.isCurve() ? 1 : 2));
}

void SurfaceBox::take() {
    SurfaceChoice now{axisField(0)->currentIndex(), axisField(1)->currentIndex(),
                      std::max(0, answerField()->currentIndex())};
    if (now.x == now.y) { // they change places
        if (now.x == choice_.x)
            now.x = choice_.y;
        else
            now.y = choice_.x;
    }
    choice_ = now;
    showChoice();
    emit choiceChanged();
}

void SurfaceBox::showChoice() {
    axisField(0)->setCurrentIndex(choice_.x);
    axisField(1)->setCurrentIndex(choice_.y);
    answerField()->setCurrentIndex(choice_.answer);
}

void SurfaceBox::setSurface(std::shared_ptr<const DrawnSurface> drawn) {
    if (drawn) {
        offer(*drawn->surface.scene);
        choice_ = drawn->surface.choice;
        showChoice();
    } else {
        offered_ = nullptr;
        fields_->hide();
        rest_->hide();
    }
    view_->setSurface(std::move(drawn));
    tell();
}

void SurfaceBox::tell() {
    const auto& drawn = view_->surface();
    legend_->setVisible(drawn != nullptr);
    if (!drawn) return;
    const QString title = titleOf(drawn->surface);
    title_->setText(title);
    view_->setAccessibleName(title);
    const bool below = body_->direction() == QBoxLayout::TopToBottom;
    const QString text = legendOf(drawn->surface, SurfaceColors::ofTheme(),
                                  below ? QStringLiteral(" &nbsp; ") : QStringLiteral("<br>"));
    if (text != legend_->text()) legend_->setText(text);
}

} // namespace burdock
