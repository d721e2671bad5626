import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Workbook;
import org.apache.poi.ss.usermodel.WorkbookFactory;
import org.apache.poi.ss.util.CellReference;

/**
 * Fills cells of a workbook with Apache POI: Fill SOURCE TARGET CELLS. The last is a file with three
 * lines for each cell: sheet, address, and the text with Java's escapes.
 */
public class Fill {
    public static void main(String[] names) throws Exception {
        List<String> lines = Files.readAllLines(Path.of(names[2]));
        try (Workbook book = WorkbookFactory.create(new FileInputStream(names[0]))) {
            for (int at = 0; at < lines.size(); at += 3) {
                CellReference where = new CellReference(lines.get(at + 1));
                Row row = book.getSheet(lines.get(at)).getRow(where.getRow());
                Cell cell = row.getCell(where.getCol(), Row.MissingCellPolicy.CREATE_NULL_AS_BLANK);
                cell.setCellValue(lines.get(at + 2).translateEscapes());
            }
            try (FileOutputStream target = new FileOutputStream(names[1])) {
                book.write(target);
            }
        }
    }
}
