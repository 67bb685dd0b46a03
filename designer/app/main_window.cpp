#include "app/main_window.h"

#include "app/adapt_preview.h"
#include "app/command_palette.h"
#include "app/data_chip.h"
#include "app/data_place.h"
#include "app/dataset_chooser.h"
#include "app/design_place.h"
#include "app/focus_keeper.h"
#include "app/main_menu.h"
#include "app/notice_bar.h"
#include "app/places_bar.h"
#include "app/reference_window.h"
#include "app/run_bar.h"
#include "app/shortcuts_dialog.h"
#include "app/start_place.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/workspace.h"
#include "canvas/canvas_view.h"
#include "notebook/notebook_place.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QUndoGroup>

namespace burdock {

MainWindow::MainWindow(std::unique_ptr<Workspace> workspace, QWidget* parent)
    : QMainWindow(parent)
    , workspace_(std::move(workspace))
    , places_(new PlacesBar(this))
    , runBar_(new RunBar(*workspace_, this))
    , notice_(new NoticeBar(this))
    , undo_(new QUndoGroup(this))
    , stack_(new QStackedWidget(this))
    , design_(new DesignPlace(*workspace_, this))
    , commands_(new CommandPalette(this)) {
    setMinimumSize(860, 560);

    auto* top = new QWidget(this);
    top->setProperty("panel", true);
    top->setAttribute(Qt::WA_StyledBackground);
    auto* menuBar = new QMenuBar(top);
    menuBar->setNativeMenuBar(false);
    auto* topLayout = new QHBoxLayout(top);
    topLayout->setContentsMargins(4, 0, 0, 0);
    topLayout->addWidget(menuBar, 1);
    topLayout->addWidget(runBar_, 0);
    setMenuWidget(top);

    auto* center = new QWidget(this);
    auto* columns = new QHBoxLayout(center);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    auto* page = new QVBoxLayout;
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    page->addWidget(notice_);
    page->addWidget(stack_, 1);
    columns->addWidget(places_);
    columns->addLayout(page, 1);
    setCentralWidget(center);
    // Places stand under their index; those not made yet hold an empty page.
    stack_->addWidget(design_);
    for (int place = Train; place <= Start; ++place)
        stack_->addWidget(new QWidget(stack_));

    places_->addPlace(tr("Design"), QStringLiteral("design"), tr("Draw the network"));
    places_->addPlace(tr("Train"), QStringLiteral("train"), tr("Choose data and settings, watch the run"));
    places_->addPlace(tr("Notebook"), QStringLiteral("notebook"), tr("All runs: compare, evaluate, try"));
    places_->addPlace(tr("Data"), QStringLiteral("dataset"), tr("See the data and choose their columns"));
    places_->addPlaceAbove(tr("Start"), QStringLiteral("home"), tr("Templates, your data, recent notebooks"));
    undo_->addStack(workspace_->document().undoStack());
    menu_ = new MainMenu(*this, *menuBar);

    new FocusKeeper(*this, [this](const QWidget* strayed) -> QWidget* {
        if (places_->current() == Design) return &design_->canvas();
        QWidget* place = stack_->currentWidget();
        return strayed && place->isAncestorOf(strayed) ? nullptr : place;
    });
    connect(places_, &PlacesBar::currentChanged, this, &MainWindow::showPlace);
    connect(workspace_.get(), &Workspace::noticed, this, &MainWindow::notice);
    connect(workspace_.get(), &Workspace::settled, this, &MainWindow::settle);
    connect(runBar_, &RunBar::queueWanted, this, [this] { goTo(Train); });
    connect(workspace_.get(), &Workspace::told, this, &MainWindow::tell);
    connect(workspace_.get(), &Workspace::adaptationWanted, this, &MainWindow::openAdaptation);
    connect(runBar_, &RunBar::told, this, &MainWindow::tell);
    connect(&runBar_->dataChip(), &DataChip::pageWanted, this, [this] { goTo(Data); });
    connect(&runBar_->dataChip(), &DataChip::fileWanted, this, [this] {
        goTo(Data);
        dataPlace().datasets().openFile();
    });
    connect(&runBar_->dataChip(), &DataChip::findWanted, this, [this] {
        goTo(Data);
        dataPlace().datasets().findMoved();
    });
    connect(design_, &DesignPlace::dataWanted, this, [this] { goTo(Data); });
    connect(workspace_.get(), &Workspace::modelChanged, this, &MainWindow::showTitle);
    connect(&workspace_->document(), &GraphDocument::graphChanged, this, &MainWindow::showTitle);
    connect(design_, &DesignPlace::fieldWanted, this, [this](const QString& key) {
        goTo(Train);
        trainPlace().form().focusField(key);
    });
    connect(design_, &DesignPlace::referenceWanted, this, &MainWindow::openReference);
    connect(design_, &DesignPlace::statusMessage, this, [this](const QString& text) {
        text.isEmpty() ? statusBar()->clearMessage() : statusBar()->showMessage(text, 6000);
    });
    statusBar()->setSizeGripEnabled(false);
    auto* kept = new QLabel(this);
    kept->setObjectName(QStringLiteral("kept"));
    kept->setProperty("role", "soft");
    kept->setFont(Theme::instance().font(QStringLiteral("caption")));
    kept->setContentsMargins(0, 0, 10, 0);
    statusBar()->addPermanentWidget(kept);
    const QString path = workspace_->notebook().path(), file = QFileInfo(path).fileName();
    const auto showKept = [=](bool saving) {
        kept->setText(saving ? tr("%1 · saving…").arg(file) : tr("%1 · all edits kept").arg(file));
        kept->setToolTip(plainTip(tr("Every edit is kept in %1").arg(path)));
    };
    showKept(false);
    connect(workspace_.get(), &Workspace::savingChanged, this, showKept);
    connect(workspace_.get(), &Workspace::notSaved, this, [=] {
        kept->setText(tr("%1 · last edits not kept").arg(file));
        kept->setToolTip(plainTip(tr("%1 does not take them. The next edit tries again.").arg(path)));
    });
    places_->setCurrent(Design);
    showTitle();
    restoreWindow();
}

MainWindow::~MainWindow() {
    hide(); // the field that is typed into is left while there is somebody to hear of it
    // Pages draw from the workspace: they go first.
    delete adaptation_;
    delete centralWidget();
    delete menuWidget();
}

TrainPlace& MainWindow::trainPlace() {
    if (!train_) {
        train_ = new TrainPlace(*workspace_, this);
        delete stack_->widget(Train);
        stack_->insertWidget(Train, train_);
        connect(&train_->form().datasets(), &DatasetChooser::pageWanted, this, [this] { goTo(Data); });
    }
    return *train_;
}

NotebookPlace& MainWindow::notebookPlace() {
    if (!notebook_) {
        notebook_ =
            new NotebookPlace(workspace_->sharedNotebook(), workspace_->queue(), workspace_->catalog(), this);
        delete stack_->widget(Notebook);
        stack_->insertWidget(Notebook, notebook_);
        undo_->addStack(notebook_->undoStack());
        connect(notebook_, &NotebookPlace::trainRequested, this, [this](const TrainingRequest& request) {
            goTo(Train);
            if (request.resumed) return workspace_->train(request);
            workspace_->openRun(request);
            trainPlace().form().focusField(QStringLiteral("epochs"));
        });
        connect(notebook_, &NotebookPlace::told, this, &MainWindow::tell);
        connect(notebook_, &NotebookPlace::noticed, this, &MainWindow::notice);
        connect(notebook_, &NotebookPlace::openOnCanvasRequested, this, [this](const TrainingRequest& made) {
            goTo(Design);
            workspace_->openRun(made);
        });
    }
    return *notebook_;
}

DataPlace& MainWindow::dataPlace() {
    if (!data_) {
        data_ = new DataPlace(*workspace_, this);
        delete stack_->widget(Data);
        stack_->insertWidget(Data, data_);
        connect(data_, &DataPlace::designWanted, this, [this] { goTo(Design); });
    }
    return *data_;
}

StartPlace& MainWindow::startPlace() {
    if (!start_) {
        start_ = new StartPlace(*workspace_, this);
        delete stack_->widget(Start);
        stack_->insertWidget(Start, start_);
        connect(start_, &StartPlace::designWanted, this, [this] { goTo(Design); });
        connect(start_, &StartPlace::dataWanted, this, [this] { goTo(Data); });
        connect(start_, &StartPlace::fileWanted, this, [this] {
            goTo(Data);
            dataPlace().datasets().openFile();
        });
        connect(start_, &StartPlace::folderWanted, this, [this] {
            goTo(Data);
            dataPlace().datasets().openFolder();
        });
        connect(start_, &StartPlace::notebookWanted, this, &MainWindow::notebookWanted);
    }
    return *start_;
}

void MainWindow::tell(const QString& text) {
    statusBar()->showMessage(text, 8000);
}

void MainWindow::openAdaptation() {
    if (!adaptation_) {
        adaptation_ = new AdaptPreview(*workspace_, this);
        adaptation_->setAttribute(Qt::WA_DeleteOnClose);
        // What was asked from may be gone with the problem.
        connect(adaptation_, &QDialog::finished, this, [this] {
            adaptation_.clear();
            if (places_->current() == Design) design_->canvas().setFocus();
        });
    }
    adaptation_->show(); // the window stays open to be looked at, and what is changed in it is followed
    adaptation_->raise();
    adaptation_->activateWindow();
}

void MainWindow::goTo(Place place) {
    places_->setCurrent(place);
}

void MainWindow::showPlace(int place) {
    if (place == Train) trainPlace();
    if (place == Notebook) notebookPlace();
    if (place == Data) dataPlace();
    if (place == Start) startPlace();
    stack_->setCurrentIndex(place);
    menu_->showPlace(place);
    undo_->setActiveStack(place == Notebook ? notebook_->undoStack() : workspace_->document().undoStack());
    if (place == Design)
        design_->canvas().setFocus();
    else
        stack_->currentWidget()->setFocus();
}

void MainWindow::notice(const QString& text) {
    notice_->say(text);
}

void MainWindow::settle(const QString& text) {
    notice_->withdraw(text);
}

void MainWindow::openCommands() {
    commands_->open(menu_->commands());
}

void MainWindow::openShortcuts() {
    auto* dialog = new ShortcutsDialog(menu_->shortcutGroups(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::openReference(const QString& address) {
    if (!reference_) reference_ = new ReferenceWindow(workspace_->catalog(), this);
    reference_->showPage(address);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_F1) { // of what has the focus, or of what that is a part of
        for (QWidget* at = QApplication::focusWidget(); at; at = at->parentWidget())
            if (const QString address = at->property("reference").toString(); !address.isEmpty())
                return openReference(address);
        return openReference();
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::showTitle() {
    const QString model = QString::fromStdString(workspace_->document().graph().name);
    const QString file = QFileInfo(workspace_->notebook().path()).fileName();
    setWindowTitle(
        QStringLiteral("%1 — %2 — Burdock").arg(model.isEmpty() ? tr("Unnamed network") : model, file));
}

void MainWindow::restoreWindow() {
    QSettings settings;
    const QScreen* screen = QGuiApplication::primaryScreen();
    const QSize room = screen ? screen->availableSize() : QSize(1440, 900);
    resize(QSize(1400, 880).boundedTo(room));
    if (!restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray()) &&
        room.width() < 1400)
        setWindowState(Qt::WindowMaximized);
    design_->restoreState(settings.value(QStringLiteral("window/design")).toByteArray());
}

void MainWindow::keepWindow() const {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/design"), design_->saveState());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    keepWindow();
    hide(); // what is still to be written is written with the window gone
    const QString problem = workspace_->saveNow();
    if (!problem.isEmpty() && asksAtEnd_) {
        show();
        QMessageBox box(QMessageBox::Warning, tr("Not in the notebook"), problem,
                        QMessageBox::Close | QMessageBox::Cancel, this);
        box.setTextFormat(Qt::PlainText);
        if (box.exec() != QMessageBox::Close) return event->ignore();
    }
    if (!problem.isEmpty()) emit closedWith(problem);
    event->accept();
}

} // namespace burdock
