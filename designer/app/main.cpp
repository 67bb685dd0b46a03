#include "app/app_controller.h"
#include "app/command_line.h"
#include "engine/plan/kernel_trials.h"
#include "engine/tensor/processor.h"
#include "session/machine.h"
#include "session/stop_signal.h"
#include "session/thread_policy.h"
#include "session/visible_text.h"
#include "theme/theme.h"

#include <QApplication>

#include <cstdio>

int main(int argc, char** argv) {
    using namespace burdock;
    openStandardStreams();
    confineStopSignals();
    speakUtf8();
    outliveFileLimits();
    liveWithinAddressLimits();
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    const CommandLine line = readCommandLine(arguments);
    if (!line.error.isEmpty()) {
        std::fprintf(stderr, "burdock: %s See burdock --help.\n",
                     visibleText(line.error.toStdString()).c_str());
        return 2;
    }
    if (line.help) {
        std::fputs(qPrintable(helpText()), stdout);
        return 0;
    }
    if (line.version) {
        std::printf("%s\n", qPrintable(programVersion()));
        return 0;
    }
    if (!hasDisplay()) {
        std::fputs("burdock: no display to open a window on; burdock-cli does the same work without one.\n",
                   stderr);
        return 1;
    }

    adoptThreadPolicy(argv);

    QCoreApplication::setApplicationName(QStringLiteral("burdock"));
    QCoreApplication::setOrganizationName(QStringLiteral("burdock"));
    QCoreApplication::setApplicationVersion(programVersion());
    QGuiApplication::setDesktopFileName(QStringLiteral("burdock"));
    QApplication app(argc, argv);
    Theme& theme = Theme::instance();
    theme.install(app);
    QGuiApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/burdock.svg")));
    if (line.theme == QLatin1String("light")) theme.setMode(Theme::Mode::Light);
    if (line.theme == QLatin1String("dark")) theme.setMode(Theme::Mode::Dark);
    if (line.theme == QLatin1String("system")) theme.setMode(Theme::Mode::System);

    if (const std::string problem = processor::limitProblem(); !problem.empty())
        std::fprintf(stderr, "burdock: %s\n", visibleText(problem).c_str());

    kernelTrials().begin(kernelTrialsFile());
    AppController controller;
    QString error;
    if (!controller.start(line, &error)) {
        std::fprintf(stderr, "burdock: %s\n", visibleText(error.toStdString()).c_str());
        return 1;
    }
    // As Stop does, then closes: runs keep their weights, and what waits is kept.
    const StopSignal stop([&controller] { controller.end(); });
    const int code = QApplication::exec();
    controller.close(); // whether its runs could be kept is known then
    return controller.hadProblems() ? 1 : code;
}
