"use strict";
// Fills cells of a workbook with a JavaScript library and saves it:
//   node fill.js PROGRAM SOURCE TARGET < cells.json
// where cells.json is a list of [sheet, address, text].

const fs = require("fs");
const path = require("path");

const [program, source, target] = process.argv.slice(2);
const cells = JSON.parse(fs.readFileSync(0, "utf8"));

const programs = {
  async exceljs() {
    const { Workbook } = require("exceljs");
    const book = new Workbook();
    await book.xlsx.readFile(source);
    for (const [sheet, address, text] of cells) {
      book.getWorksheet(sheet).getCell(address).value = text;
    }
    await book.xlsx.writeFile(target);
  },
  async sheetjs() {
    const XLSX = require("xlsx");
    const book = XLSX.readFile(source, { cellStyles: true, cellFormula: true });
    for (const [sheet, address, text] of cells) {
      book.Sheets[sheet][address] = { t: "s", v: text };
    }
    const suffix = path.extname(target).slice(1);
    XLSX.writeFile(book, target, { bookType: suffix === "xls" ? "biff8" : suffix });
  },
  async "xlsx-populate"() {
    const { fromFileAsync } = require("xlsx-populate");
    const book = await fromFileAsync(source);
    for (const [sheet, address, text] of cells) {
      book.sheet(sheet).cell(address).value(text);
    }
    await book.toFileAsync(target);
  },
};

programs[program]().catch((error) => {
  console.error(error);
  process.exit(1);
});
