#include "app/main_menu.h"

#include "app/dataset_chooser.h"
#include "app/design_place.h"
#include "app/main_window.h"
#include "app/places_bar.h"
#include "app/recent_notebooks.h"
#include "app/run_bar.h"
#include "app/start_weights.h"
#include "app/text.h"
#include "app/train_place.h"
#include "app/training_form.h"
#include "app/workspace.h"
#include "canvas/canvas_view.h"
#include "dashboard/live_runs.h"
#include "dashboard/run_words.h"
#include "engine/models/exchange.h"
#include "engine/models/templates.h"
#include "engine/schema/layer_registry.h"
#include "notebook/notebook_place.h"
#include "notebook/run_actions.h"
#include "notebook/run_details.h"
#include "notebook/runs_panel.h"
#include "palette/layer_palette.h"
#include "session/damage.h"
#include "session/machine.h"
#include "theme/file_question.h"
#include "theme/plain_text.h"
#include "theme/theme.h"

#include <QActionGroup>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QUndoGroup>

#include <algorithm>

namespace burdock {
namespace {

/// A property of actions: other words by which a command may be looked for.
constexpr const char* keywords = "keywords";

QString plain(const QAction& action) {
    return QString(action.text()).remove(u'&');
}

} // namespace

MainMenu::MainMenu(MainWindow& window, QMenuBar& bar)
    : QObject(&window)
    , window_(window)
    , workspace_(window.workspace()) {
    addFile(bar);
    addEdit(bar);
    addView(bar);
    addRun(bar);
    addHelp(bar);
}

QAction* MainMenu::add(QMenu& menu, const QString& name, const QString& text, const QString& keys,
                       std::function<void()> act, const QString& icon) {
    QAction* action = menu.addAction(text);
    action->setObjectName(name);
    action->setShortcuts(QKeySequence::listFromString(keys));
    if (!icon.isEmpty()) action->setIcon(Theme::instance().icon(icon));
    if (act) connect(action, &QAction::triggered, this, std::move(act));
    return action;
}

void MainMenu::addFile(QMenuBar& bar) {
    QMenu* file = bar.addMenu(tr("&File"));
    menus_ << file;
    add(*file, QStringLiteral("file.new"), tr("New network"), QStringLiteral("Ctrl+N"),
        [this] { newModel(); });
    QMenu* templates = file->addMenu(tr("New from template"));
    for (const TemplateGroup group : allTemplateGroups()) {
        QMenu* const members = templates->addMenu(text(std::string(templateGroupLabel(group))));
        members->setToolTipsVisible(true);
        for (const ModelTemplate& model : modelTemplates()) {
            if (model.group != group) continue;
            QAction* action = members->addAction(text(model.title), this, [this, id = model.id] {
                workspace_.newFromTemplate(id);
                window_.goTo(MainWindow::Design);
            });
            action->setObjectName(QStringLiteral("template.") + text(model.id));
            action->setToolTip(text(model.doc));
            action->setStatusTip(text(model.doc));
        }
    }
    QMenu* models = file->addMenu(tr("Networks of this notebook"));
    connect(models, &QMenu::aboutToShow, this, [this, models] { fillModels(*models); });
    file->addSeparator();
    add(
        *file, QStringLiteral("file.openModel"), tr("Open network…"), QStringLiteral("Ctrl+O"),
        [this] { openModelFile(); }, QStringLiteral("folder"));
    add(
        *file, QStringLiteral("file.saveModel"), tr("Save network as…"),
        QStringLiteral("Ctrl+S; Ctrl+Shift+S"), [this] { saveModelFile(); }, QStringLiteral("save"))
        ->setProperty(keywords, tr("export onnx file"));
    add(*file, QStringLiteral("file.rename"), tr("Rename network"), {}, [this] {
        window_.goTo(MainWindow::Design);
        window_.designPlace().renameNetwork();
    });
    add(*file, QStringLiteral("file.openData"), tr("Open data…"), {}, [this] {
        window_.goTo(MainWindow::Train);
        window_.trainPlace().form().datasets().openFile();
    })->setProperty(keywords, tr("import load csv pictures dataset"));
    file->addSeparator();
    QAction* open = add(
        *file, QStringLiteral("file.openNotebook"), tr("Open notebook…"), {}, [this] { openNotebook(false); },
        QStringLiteral("notebook"));
    QAction* create = add(*file, QStringLiteral("file.newNotebook"), tr("New notebook…"), {},
                          [this] { openNotebook(true); });
    QMenu* recent = file->addMenu(tr("Recent notebooks"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecent(*recent); });
    // Another notebook means another window, and a run stays with its own.
    const auto enable = [this, open, create, recent] {
        const bool idle = !workspace_.queue().isBusy();
        open->setEnabled(idle);
        create->setEnabled(idle);
        recent->setEnabled(idle);
    };
    connect(&workspace_.queue(), &RunQueue::changed, this, enable);
    file->addSeparator();
    add(*file, QStringLiteral("file.quit"), tr("Quit"), QStringLiteral("Ctrl+Q"),
        [this] { window_.close(); });
}

void MainMenu::addEdit(QMenuBar& bar) {
    QMenu* edit = bar.addMenu(tr("&Edit"));
    menus_ << edit;
    QUndoGroup& stacks = window_.undoGroup();
    // What was done is a part of the sentence: "Undo lay out".
    const auto name = [](QAction& action, const QString& verb, QString done) {
        if (!done.isEmpty() && !(done.size() > 1 && done[1].isUpper())) done[0] = done[0].toLower();
        action.setText(done.isEmpty() ? verb : verb + u' ' + done);
    };
    auto* undo = new QAction(tr("Undo"), this);
    undo->setEnabled(stacks.canUndo());
    connect(undo, &QAction::triggered, &stacks, &QUndoGroup::undo);
    connect(&stacks, &QUndoGroup::canUndoChanged, undo, &QAction::setEnabled);
    connect(&stacks, &QUndoGroup::undoTextChanged, undo,
            [=](const QString& done) { name(*undo, tr("Undo"), done); });
    undo->setObjectName(QStringLiteral("edit.undo"));
    undo->setShortcut(Qt::CTRL | Qt::Key_Z);
    undo->setIcon(Theme::instance().icon(QStringLiteral("undo")));
    auto* redo = new QAction(tr("Redo"), this);
    redo->setEnabled(stacks.canRedo());
    connect(redo, &QAction::triggered, &stacks, &QUndoGroup::redo);
    connect(&stacks, &QUndoGroup::canRedoChanged, redo, &QAction::setEnabled);
    connect(&stacks, &QUndoGroup::redoTextChanged, redo,
            [=](const QString& done) { name(*redo, tr("Redo"), done); });
    redo->setObjectName(QStringLiteral("edit.redo"));
    redo->setShortcuts({Qt::CTRL | Qt::SHIFT | Qt::Key_Z, Qt::CTRL | Qt::Key_Y});
    redo->setIcon(Theme::instance().icon(QStringLiteral("redo")));
    undo->setProperty("brief", tr("Undo")); // without what was done last
    redo->setProperty("brief", tr("Redo"));
    edit->addAction(undo);
    edit->addAction(redo);
    edit->addSeparator();
    for (QAction* action : window_.designPlace().canvas().editActions())
        action ? edit->addAction(action) : static_cast<void>(edit->addSeparator());
    edit_ = edit;
    canvasDelete_ = shownDelete_ = window_.findChild<QAction*>(QStringLiteral("canvas.delete"));
}

void MainMenu::showPlace(int place) {
    QAction* wanted =
        place == MainWindow::Notebook ? &window_.notebookPlace().runs().deleteAction() : canvasDelete_;
    if (wanted == shownDelete_) return;
    edit_->insertAction(shownDelete_, wanted);
    edit_->removeAction(std::exchange(shownDelete_, wanted));
}

void MainMenu::addView(QMenuBar& bar) {
    QMenu* view = bar.addMenu(tr("&View"));
    menus_ << view;
    for (QAction* action : window_.places().goActions())
        view->addAction(action);
    view->addSeparator();
    for (QAction* action : window_.designPlace().canvas().viewActions())
        action ? view->addAction(action) : static_cast<void>(view->addSeparator());
    view->addSeparator();
    add(
        *view, QStringLiteral("view.search"), tr("Search layers"), QStringLiteral("Ctrl+Shift+F"),
        [this] {
            window_.goTo(MainWindow::Design);
            window_.designPlace().palette().focusSearch();
        },
        QStringLiteral("search"));
    add(*view, QStringLiteral("view.commands"), tr("Commands…"), QStringLiteral("Ctrl+K"),
        [this] { window_.openCommands(); });
    QMenu* theme = view->addMenu(tr("Theme"));
    auto* group = new QActionGroup(this);
    using Mode = Theme::Mode;
    for (const auto& [name, title, mode] : {std::tuple{"theme.system", tr("As the desktop"), Mode::System},
                                            std::tuple{"theme.light", tr("Light"), Mode::Light},
                                            std::tuple{"theme.dark", tr("Dark"), Mode::Dark}}) {
        QAction* action = theme->addAction(title);
        action->setObjectName(QLatin1String(name));
        action->setCheckable(true);
        action->setChecked(Theme::instance().mode() == mode);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [m = mode] { Theme::instance().setMode(m); });
    }
    QAction* full =
        add(*view, QStringLiteral("view.fullScreen"), tr("Full screen"), QStringLiteral("F11"), {});
    full->setCheckable(true);
    connect(full, &QAction::toggled, this, [this](bool on) {
        window_.setWindowState(on ? window_.windowState() | Qt::WindowFullScreen
                                  : window_.windowState() & ~Qt::WindowFullScreen);
    });
}

void MainMenu::addRun(QMenuBar& bar) {
    QMenu* run = bar.addMenu(tr("&Run"));
    menus_ << run;
    for (QAction* action : {window_.runBar().trainAction(), window_.runBar().pauseAction(),
                            window_.runBar().stopAction(), window_.runBar().keepAction()})
        run->addAction(action);
    run->addSeparator();
    add(*run, QStringLiteral("run.startWeights"), tr("Begin with a run's weights…"), {}, [this] {
        window_.goTo(MainWindow::Train);
        window_.trainPlace().form().startWeights().choose();
    });
    QAction* adapt = add(*run, QStringLiteral("run.adapt"), tr("Adapt the network to the data…"), {},
                         [this] { emit workspace_.adaptationWanted(); });
    adapt->setToolTip(tr(
        "Sizes, the last layers and the loss become those that the data need; what changes is shown first"));
    adapt->setProperty(keywords, tr("fit suit propose template"));
    addRunCommands(*run);
    RunQueue& queue = workspace_.queue();
    QAction* startAll = add(*run, QStringLiteral("run.startAll"), tr("Start all held runs"), {},
                            [&queue] { queue.releaseAll(); });
    QAction* stopAll =
        add(*run, QStringLiteral("run.stopAll"), tr("Stop all runs"), {}, [&queue] { queue.stopAll(); });
    const auto enable = [&queue, startAll, stopAll] {
        startAll->setEnabled(!queue.held().empty());
        stopAll->setEnabled(queue.isBusy());
    };
    connect(&queue, &RunQueue::changed, this, enable);
    enable();
    // Its own icon is for the button in the strong colour.
    window_.runBar().trainAction()->setIconVisibleInMenu(false);
}

/// What is done with runs that have ended: the buttons for it stand in the notebook.
void MainMenu::addRunCommands(QMenu& run) {
    LiveRuns& runs = LiveRuns::of(workspace_.queue());
    QAction* resume =
        add(run, QStringLiteral("run.resume"), tr("Resume the run where it stopped"), {}, [this, &runs] {
            if (runs.shown()) workspace_.resume(runs.shown()->runId());
        });
    resume->setProperty(keywords, tr("continue go on restart"));
    const auto enable = [this, &runs, resume] {
        resume->setEnabled(runs.shown() && canResume(workspace_.queue(), *runs.shown()));
    };
    connect(&runs, &LiveRuns::changed, resume, enable);
    connect(&runs, &LiveRuns::shownChanged, resume, enable);
    enable();
    add(run, QStringLiteral("run.evaluate"), tr("Evaluate a run on the test set"), {}, [this, &runs] {
        window_.goTo(MainWindow::Notebook);
        NotebookPlace& notebook = window_.notebookPlace();
        QPushButton* evaluate = notebook.details().actions().evaluateButton();
        if (notebook.runs().selectedRuns().size() == 1) return evaluate->click();
        if (runs.shown() && runs.shown()->runId()) notebook.showRun(runs.shown()->runId());
        emit workspace_.told(tr("Choose a run: “%1” stands above its curves").arg(evaluate->text()));
    })->setProperty(keywords, tr("test accuracy measure metrics"));
    add(run, QStringLiteral("run.export"), tr("Export the table of runs…"), {}, [this] {
        window_.goTo(MainWindow::Notebook);
        window_.notebookPlace().runs().askCsv();
    })->setProperty(keywords, tr("save csv results"));
    run.addSeparator();
}

void MainMenu::addHelp(QMenuBar& bar) {
    QMenu* help = bar.addMenu(tr("&Help"));
    menus_ << help;
    add(
        *help, QStringLiteral("help.shortcuts"), tr("Keys and mouse…"), QStringLiteral("Ctrl+/"),
        [this] { window_.openShortcuts(); }, QStringLiteral("keyboard"));
    add(*help, QStringLiteral("help.reference"), tr("Reference…"), {}, [this] { window_.openReference(); });
    add(*help, QStringLiteral("help.about"), tr("About Burdock…"), {}, [this] { about(); });
}

void MainMenu::fillModels(QMenu& menu) {
    // Filled while it is shown: the notebook may be busy with a run's weights.
    menu.clear();
    menu.addAction(tr("Reading the notebook…"))->setEnabled(false);
    workspace_.readModels(&menu, [this, &menu](const storage::Outcome<QVector<storage::ModelRow>>& models) {
        menu.clear();
        if (models)
            for (const storage::ModelRow& row : *models)
                addModel(menu, row);
        else
            menu.addAction(plainEntry(models.error().oneLine()))->setEnabled(false);
    });
}

void MainMenu::addModel(QMenu& menu, const storage::ModelRow& row) {
    QAction* action = menu.addAction(
        tr("%1  (%2)")
            .arg(row.name.isEmpty() ? tr("Unnamed network") : plainEntry(row.name),
                 QLocale::c().toString(row.changedAt.toLocalTime(), QStringLiteral("d MMM, HH:mm"))) +
        (row.damaged ? QStringLiteral(" · ") + damagedValue() : QString()));
    action->setCheckable(true);
    action->setChecked(row.id == workspace_.currentModel());
    connect(action, &QAction::triggered, this, [this, row] {
        if (row.id == workspace_.currentModel()) return;
        workspace_.openModel(row);
        window_.goTo(MainWindow::Design);
    });
}

void MainMenu::fillRecent(QMenu& menu) {
    menu.clear();
    for (const QString& path : recentNotebooks())
        menu.addAction(plainEntry(QFileInfo(path).fileName()), this,
                       [this, path] { emit window_.notebookWanted(path); })
            ->setToolTip(plainTip(path));
    menu.setToolTipsVisible(true);
    if (menu.isEmpty()) menu.addAction(tr("No others yet"))->setEnabled(false);
}

void MainMenu::newModel() {
    Graph graph;
    graph.name = tr("New network").toStdString();
    workspace_.newModel(std::move(graph));
    window_.goTo(MainWindow::Design);
}

void MainMenu::openModelFile() {
    QStringList patterns;
    for (const ModelImporter& importer : importers())
        for (const std::string& pattern : importer.patterns)
            patterns << text(pattern);
    patterns.removeDuplicates();
    const QString path =
        askToOpen(&window_, tr("Open network"), tr("Networks (%1);;All files (*)").arg(patterns.join(u' ')));
    if (path.isEmpty()) return;
    workspace_.openModelFileLater(path, [this] { window_.goTo(MainWindow::Design); });
}

void MainMenu::saveModelFile() {
    const QString proposed = text(workspace_.document().graph().name) + QStringLiteral(".json");
    QStringList filters;
    for (const ModelExporter& exporter : exporters()) {
        QStringList patterns;
        for (const std::string& pattern : exporter.patterns)
            patterns << text(pattern);
        filters << QStringLiteral("%1 (%2)").arg(text(exporter.name), patterns.join(u' '));
    }
    QString path = askToSave(&window_, tr("Save network"), proposed, filters.join(QStringLiteral(";;")));
    if (path.isEmpty()) return;
    if (!isExported(path.toStdString())) path += QStringLiteral(".json");
    window_.settle(std::exchange(unsaved_, {}));
    if (const auto status = workspace_.saveModelFile(path); !status)
        window_.notice(unsaved_ = text(oneLine(status.error())));
    else
        emit workspace_.told(tr("The network is in %1").arg(path));
}

void MainMenu::openNotebook(bool create) {
    const QString filter = tr("Burdock notebooks (*.burdock)");
    QString path = create ? askToSave(&window_, tr("New notebook"), tr("notebook.burdock"), filter,
                                      QFileDialog::DontConfirmOverwrite)
                          : askToOpen(&window_, tr("Open notebook"), filter);
    if (path.isEmpty()) return;
    if (create && QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".burdock");
    emit window_.notebookWanted(path);
}

void MainMenu::about() {
    auto* box = new QMessageBox(&window_);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Burdock"));
    box->setIconPixmap(
        QIcon(QStringLiteral(":/icons/burdock.svg")).pixmap(QSize(72, 72), window_.devicePixelRatioF()));
    box->setTextFormat(Qt::RichText);
    box->setText(tr("<b>Burdock %1</b><br>Model designer and lab notebook for neural networks.")
                     .arg(programVersion()));
    // Plain, as every label that does not say otherwise: the path is foreign text.
    box->setInformativeText(tr("Notebook: %1").arg(workspace_.notebook().path()) + u'\n' +
                            machineDescription());
    box->open();
}

std::vector<CommandPalette::Command> MainMenu::commands() const {
    std::vector<CommandPalette::Command> all;
    const std::function<void(const QMenu&, const QString&, bool)> collect = [&](const QMenu& menu,
                                                                                const QString& group,
                                                                                bool top) {
        for (QAction* action : menu.actions()) {
            if (action->isSeparator()) continue;
            if (action->menu()) {
                if (action->menu()->actions().isEmpty()) continue; // filled when shown
                QString name = plain(*action).section(u' ', -1);
                name.front() = name.front().toUpper();
                collect(*action->menu(), top ? name : group, false); // "Template", whichever group it is of
                continue;
            }
            if (action->objectName() == QLatin1String("view.commands")) continue;
            all.push_back({plain(*action), group, action->shortcut().toString(QKeySequence::NativeText),
                           action->isEnabled(), [action] { action->trigger(); },
                           action->property(keywords).toString() + u' ' + action->statusTip()});
        }
    };
    for (const QMenu* menu : menus_)
        collect(*menu, menu->title().remove(u'&'), true);
    for (const LayerSchema& layer : layerRegistry())
        all.push_back(
            {tr("Add %1").arg(text(layer.name)), tr("Layer"), {}, true, [this, id = text(layer.id)] {
                 window_.goTo(MainWindow::Design);
                 window_.designPlace().canvas().addLayerAtCenter(id);
             }});
    return all;
}

QList<ShortcutsDialog::Group> MainMenu::shortcutGroups() const {
    QList<ShortcutsDialog::Group> groups;
    for (const QMenu* menu : menus_)
        if (auto group = ShortcutsDialog::groupOf(menu->title().remove(u'&'), menu->actions());
            !group.rows.isEmpty())
            groups << group;
    groups << ShortcutsDialog::mouseGroup();
    return groups;
}

} // namespace burdock
