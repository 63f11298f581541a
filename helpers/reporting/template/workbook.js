// One workbook of all tables that travel in the page: a zip file of XML, numbers as numbers and all else as text.
const encoder = new TextEncoder();
const sums = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc = (bytes) => ~bytes.reduce((sum, byte) => sums[(sum ^ byte) & 255] ^ (sum >>> 8), -1);
const deflated = async (bytes) => {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};
// Numbers of a zip file: pairs of value and bytes.
function fields(...pairs) {
  const view = new DataView(new ArrayBuffer(pairs.reduce((sum, [, size]) => sum + size, 0)));
  let place = 0;
  for (const [value, size] of pairs) {
    size === 2 ? view.setUint16(place, value, true) : view.setUint32(place, value, true);
    place += size;
  }
  return new Uint8Array(view.buffer);
}
async function zipped(files, type) {
  const parts = [], entries = [];
  let place = 0, listed = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = encoder.encode(path), bytes = encoder.encode(text), packed = await deflated(bytes);
    const about = [[20, 2], [0x800, 2], [8, 2], [0, 2], [33, 2], [crc(bytes), 4], [packed.length, 4], [bytes.length, 4], [name.length, 2], [0, 2]];
    parts.push(fields([0x04034b50, 4], ...about), name, packed);
    entries.push(fields([0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [place, 4]), name);
    place += 30 + name.length + packed.length;
    listed += 46 + name.length;
  }
  const count = Object.keys(files).length;
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [listed, 4], [place, 4], [0, 2]);
  return new Blob([...parts, ...entries, end], { type });
}

const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d+)?(e[+-]?\d+)?$/i;
const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const xml = (text) => text.replace(/[&<>"]/g, (sign) => signs[sign]).replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, "");
const unguarded = (text) => text.replace(/^'(?='*[=+\-@\t\r])/, ""); // a CSV file keeps texts from being run by it
const inText = (text) => `<c t="inlineStr"><is><t xml:space="preserve">${xml(unguarded(text))}</t></is></c>`;
function sheet([head, ...rows]) {
  const isNumber = head.map((_, i) => rows.every((row) => !row[i] || NUMBER.test(row[i])));
  const cell = (text, i) => (text === "" ? "<c/>" : isNumber[i] ? `<c><v>${text}</v></c>` : inText(text));
  const lines = [head.map(inText), ...rows.map((row) => row.map(cell))].map((cells) => `<row>${cells.join("")}</row>`);
  const top = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>';
  return `<worksheet xmlns="${MAIN}">${top}<sheetData>${lines.join("")}</sheetData></worksheet>`;
}
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml";

async function workbook() {
  const boxes = [...document.querySelectorAll("main [data-name]:is(.table, figure)")];
  const list = [["sheet", "table", "what it holds", "where"]], sheets = [];
  for (const box of boxes) {
    const { name } = box.dataset, packed = box.querySelector(".inside");
    const what = box.querySelector(".caption, figcaption > .words")?.textContent ?? box.querySelector(".static").getAttribute("aria-label");
    const called = packed ? `${sheets.length + 1} ${name}`.slice(0, 31) : "";
    list.push([called, name, what, packed ? "in this workbook" : `too large for the page: tables/${name}.csv`]);
    if (packed) sheets.push([called, parsed(JSON.parse(await unpack(packed)).csv)]);
  }
  const all = [["Contents", list], ...sheets];
  const files = {
    "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${KIND}.sheet.main+xml"/>${all.map((_, i) => `<Override PartName="/xl/worksheets/sheet${i}.xml" ContentType="${KIND}.worksheet+xml"/>`).join("")}</Types>`,
    "_rels/.rels": `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="book" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${all.map(([name], i) => `<sheet name="${xml(name)}" sheetId="${i + 1}" r:id="s${i}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${PACKAGE}/relationships">${all.map((_, i) => `<Relationship Id="s${i}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${i}.xml"/>`).join("")}</Relationships>`,
    ...Object.fromEntries(all.map(([, rows], i) => [`xl/worksheets/sheet${i}.xml`, sheet(rows)])),
  };
  const declared = Object.entries(files).map(([path, text]) => [path, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${text}`]);
  return zipped(Object.fromEntries(declared), `${KIND}.sheet`);
}
if (document.querySelector(".inside")) {
  const { report } = document.getElementById("main").dataset;
  contents.after(made("p", {}, button("All tables as a workbook", async () => save(`${report}.xlsx`, await workbook()))));
}
