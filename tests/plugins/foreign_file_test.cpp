#include "opened.h"
#include "support/several.h"

using namespace burdock;

/// What people bring that no reader takes: each is told by what it is, with what to do.
class ForeignFileTest : public QObject {
    Q_OBJECT
  private slots:
    void isToldByWhatItIs_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("mend");
        const auto row = [](const char* name, const QByteArray& contents, const char* what,
                            const char* mend) { QTest::newRow(name) << name << contents << what << mend; };
        const QByteArray ole = QByteArray::fromHex("d0cf11e0a1b11ae1"), zip("PK\x03\x04", 4);
        const auto wide = [](const char* text) {
            QByteArray all;
            for (const char* c = text; *c; ++c)
                all.append(*c).append('\0');
            return all;
        };
        /// A header that says that the directory is in the sector behind `before` others.
        const auto compound = [&](const char* stream, char before) {
            QByteArray header = ole + QByteArray(504, '\0');
            header[30] = 9; // sectors of 512 bytes
            header[48] = before;
            return header + QByteArray(512 * before, 'x') + wide("Root Entry") + QByteArray(44, '\0') +
                   wide(stream);
        };
        row("t.xls", compound("Workbook", 3), "an Excel workbook of an old kind", ".xlsx");
        row("far.xls", compound("Book", 120) + QByteArray(200'000, 'x'), "an Excel workbook of an old kind",
            ".xlsx");
        row("t.xlsx", compound("EncryptedPackage", 1), "protected by a password", "take the password off");
        row("t.doc", compound("WordDocument", 2), "a Word document", "spreadsheet");
        row("t.ods", zip + QByteArray(26, '\0') + "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "an OpenDocument spreadsheet", ".xlsx");
        row("t.docx", zip + QByteArray(200'000, 'x') + "word/document.xml", "a Word document", "spreadsheet");
        row("t.xlsb", zip + "xl/workbook.bin", "in binary", ".xlsx");
        row("pictures.zip", zip + "cats/1.png", "a zip archive", "Unpack it");
        row("pictures.tar", QByteArray(257, '\0') + "ustar", "a tar archive", "Unpack it");
        row("pictures.tgz", QByteArray("\x1f\x8b\x08"), "packed by gzip", "Unpack it");
        row("t.parquet", "PAR1....PAR1", "a Parquet file", "to_csv");
        row("t.h5", "\x89HDF\r\n\x1a\n", "an HDF5 file", "np.savez");
        row("t.mat", "MATLAB 5.0 MAT-file", "a MATLAB file", "np.savez");
        row("t.pdf", "%PDF-1.7", "a PDF", "spreadsheet");
        row("t.json", " \n[{\"a\": 1}]", "JSON text", "to_csv");
        row("t.pkl", QByteArray("\x80\x04\x95\0\0", 5), "pickle", "would run code");
        row("t.mp3", "ID3\x04", "One recording", "Give the folder");
        row("t.wav", "RIFF1234WAVEfmt ", "One recording", "Give the folder");
        row("t.heic",
            QByteArray("\0\0\0\x18"
                       "ftypheic",
                       12),
            "a picture in HEIC", "JPEG");
        row("t.png", "\x89PNG\r\n\x1a\n", "a single picture", "the folder that it is in");
        row("t.db", "SQLite format 3", "an SQLite database", "CSV");
        row("downloaded.csv", "<!DOCTYPE html>\n<html><p>Sign in, please</p>", "a page of the web",
            "Download");
        row("renamed.csv", QByteArray("PAR1\0\0\0\0", 8), "a Parquet file", "to_csv");
        const QByteArray pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n";
        for (const char* name : {"pointer.csv", "pointer.txt", "pointer.xlsx", "pointer.npz"})
            row(name, pointer, "a pointer of Git LFS", "git lfs pull");
        row("pdf.csv", "%PDF-1.7\n1 0 obj\n", "a PDF", "spreadsheet");
        row("pdf.txt", "%PDF-1.7\n1 0 obj\n", "a PDF", "spreadsheet");
        row("wav.csv", QByteArray("RIFF\x24\0\0\0WAVEfmt ", 16), "a single recording", "the folder");
        row("mp3.txt", QByteArray("ID3\x03\0\0\0\0\0\0", 10), "a single recording", "the folder");
        row("table.xlsx", "a,b\n1,2\n3,4\n", "plain text under the name", ".csv");
        row("table.npz", "a,b\n1,2\n3,4\n", "plain text under the name", ".csv");
        row("renamed.txt", compound("Workbook", 3), "an Excel workbook of an old kind", ".xlsx");
    }
    void isToldByWhatItIs() {
        QFETCH(QString, name);
        QFETCH(QByteArray, contents);
        QFETCH(QString, what);
        QFETCH(QString, mend);
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write(name, contents));
        QVERIFY(!data);
        const QString said = QString::fromStdString(oneLine(data.error()));
        QVERIFY2(said.contains(what) && said.contains(mend), qPrintable(said));
    }
    /// A folder is told by the files in it.
    void aFolderIsToldByWhatIsInIt() {
        DataFolder folder;
        QVERIFY(QDir(folder.path().c_str()).mkpath("cats"));
        folder.write(".hidden", "%PDF-1.7");
        folder.write("cats/1.heic", QByteArray("\0\0\0\x18"
                                               "ftypheic",
                                               12));
        const auto data = shippedCatalog().open(folder.path());
        QVERIFY(!data);
        const QString said = QString::fromStdString(oneLine(data.error()));
        QVERIFY2(said.contains("1.heic, a picture in HEIC"), qPrintable(said));
    }
    /// What is of no kind that is known is refused with the formats that there are.
    void whatIsUnknownIsRefusedWithTheFormats() {
        DataFolder folder;
        const auto data = shippedCatalog().open(folder.write("t.xyz", "\x01\x02 of no kind"));
        QCOMPARE(data.error().code, "dataset.format");
        QVERIFY(data.error().mend.find("(csv)") != std::string::npos);
    }
};

ADD_TEST_CLASS(ForeignFileTest)
#include "foreign_file_test.moc"
