#include "notebook/answers_panel.h"

#include "notebook/probability_bars.h"
#include "samples/mask_view.h"
#include "samples/sample_picture.h"
#include "theme/file_question.h"
#include "theme/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QTableView>

namespace burdock {
namespace {

constexpr int pictureSize = 196;

} // namespace

AnswersPanel::AnswersPanel(QWidget* parent)
    : QWidget(parent)
    , model_(new AnswersModel(this))
    , table_(new QTableView)
    , title_(new QLabel)
    , notes_(new QLabel)
    , picture_(new QLabel)
    , answer_(new QLabel)
    , bars_(new ProbabilityBars)
    , mask_(new MaskView) {
    const Theme& theme = Theme::instance();
    title_->setFont(theme.font(QStringLiteral("strong")));
    notes_->setWordWrap(true);
    table_->setModel(model_);
    table_->setItemDelegate(new AnswerCell(table_));
    table_->setAccessibleName(tr("Answers"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setTabKeyNavigation(false);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->verticalHeader()->hide();
    // One height for all rows: nothing is measured, however many there are.
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setDefaultSectionSize(30);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { showRow(now.row()); });

    auto* save = new QPushButton(tr("Save answers…"));
    save->setObjectName(QStringLiteral("saveAnswers"));
    connect(save, &QPushButton::clicked, this, &AnswersPanel::askWhere);
    auto* close = new QPushButton(tr("Back to the data"));
    close->setObjectName(QStringLiteral("closeAnswers"));
    close->setToolTip(tr("Show the samples of the data set that the run was trained on"));
    connect(close, &QPushButton::clicked, this, &AnswersPanel::closed);
    auto* bar = new QHBoxLayout;
    bar->addWidget(title_, 1);
    bar->addWidget(save);
    bar->addWidget(close);
    auto* parts = new QSplitter;
    parts->setChildrenCollapsible(false);
    parts->addWidget(table_);
    parts->addWidget(makeChosen());
    parts->setStretchFactor(0, 3);
    parts->setStretchFactor(1, 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(bar);
    column->addWidget(notes_);
    column->addWidget(parts, 1);
}

QWidget* AnswersPanel::makeChosen() {
    picture_->setAccessibleName(tr("The sample"));
    answer_->setFont(Theme::instance().font(QStringLiteral("title")));
    answer_->setWordWrap(true);
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->addWidget(picture_);
    column->addWidget(answer_);
    column->addWidget(bars_);
    mask_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum); // what has no room is scrolled to
    column->addWidget(mask_);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(box);
    scroll->setWidgetResizable(true);
    return scroll;
}

void AnswersPanel::setAnswers(std::shared_ptr<const Answers> answers, const DatasetInfo& info,
                              const QString& about) {
    input_ = info.input;
    const auto rows = static_cast<int>(answers->rows());
    const bool wordsAlone = answers->columns.empty();
    model_->setAnswers(std::move(answers));
    title_->setText(rows == 1 ? tr("1 answer about %1").arg(about)
                              : tr("%1 answers about %2").arg(exactCount(rows), about));
    table_->setVisible(rows > 1);
    table_->setColumnWidth(0, 220);
    table_->horizontalHeader()->setStretchLastSection(wordsAlone);
    labelled_ = info.mask;
    mask_->setVisible(labelled_.has_value());
    mask_->setLabels(info.classNames);
    bars_->setVisible(!labelled_);
    picture_->setVisible(isPicture(input_) && !labelled_);
    showNotes();
    if (rows > 0) table_->selectRow(0);
}

void AnswersPanel::showNotes(const QString& first, const char* role) {
    const Answers& answers = *model_->answers();
    QStringList lines;
    if (!first.isEmpty()) lines << first;
    if (answers.odd > 0) {
        role = "error";
        lines << tr("%1 of the answers are not finite numbers: the weights have diverged, or these samples "
                    "are beyond all measure.")
                     .arg(exactCount(answers.odd));
    }
    for (const std::string& note : answers.notes)
        lines << QString::fromStdString(note);
    setRole(*notes_, role);
    notes_->setText(lines.join(u'\n'));
    notes_->setVisible(!lines.isEmpty());
}

void AnswersPanel::showRow(int row) {
    const Answers* answers = model_->answers();
    if (!answers || row < 0) return;
    const auto at = static_cast<std::size_t>(row);
    if (isPicture(input_)) {
        std::vector<float> input(static_cast<std::size_t>(input_.size()));
        answers->readInput(at, input.data());
        const QImage picture = samplePicture(input_, input.data());
        const auto values = answers->row(at);
        if (labelled_)
            mask_->setSample(picture, *labelled_, {values.begin(), values.end()});
        else
            picture_->setPixmap(QPixmap::fromImage(
                picture.scaled(pictureSize, pictureSize, Qt::KeepAspectRatio, Qt::FastTransformation)));
    }
    QStringList lines{QString::fromStdString(answers->verdicts[at])};
    QList<ClassProbability> bars;
    for (std::size_t k = 0; k < answers->columns.size(); ++k) {
        const QString name = QString::fromStdString(answers->columns[k]);
        const double value = answers->value(at, k);
        if (answers->decides)
            bars.append({name, value, false});
        else
            lines << (answers->columns.size() == 1 ? humanNumber(value)
                                                   : tr("%1: %2").arg(name, humanNumber(value)));
    }
    lines.removeAll(QString());
    answer_->setText(lines.join(u'\n'));
    bars_->setClasses(std::move(bars));
}

void AnswersPanel::askWhere() {
    if (!model_->answers()) return;
    const std::vector<AnswerFormat> formats = formatsFor(*model_->answers());
    QStringList filters;
    for (const AnswerFormat& format : formats)
        filters << QStringLiteral("%1 (*%2)")
                       .arg(QString::fromLatin1(format.name), QString::fromLatin1(format.ending));
    auto* dialog = fileQuestion(this, tr("Save answers"), filters.join(QStringLiteral(";;")));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const auto suffix = [dialog, filters, formats](const QString& filter) {
        const auto at = static_cast<std::size_t>(std::max<qsizetype>(0, filters.indexOf(filter)));
        dialog->setDefaultSuffix(QString::fromLatin1(formats[at].ending).mid(1));
    };
    suffix(filters.first());
    dialog->selectFile(
        tr("answers-run-%1%2")
            .arg(QString::number(model_->answers()->run.value), QString::fromLatin1(formats.front().ending)));
    connect(dialog, &QFileDialog::filterSelected, this, suffix);
    connect(dialog, &QFileDialog::fileSelected, this, &AnswersPanel::save);
    dialog->open();
}

bool AnswersPanel::save(const QString& path) {
    if (!model_->answers()) return false;
    const Status saved = saveAnswers(*model_->answers(), path);
    showNotes(saved ? tr("The answers are in %1").arg(path) : QString::fromStdString(oneLine(saved.error())),
              saved ? "good" : "error");
    return saved.has_value();
}

QString AnswersPanel::answer() const {
    return answer_->text();
}

QString AnswersPanel::message() const {
    return notes_->text();
}

} // namespace burdock
