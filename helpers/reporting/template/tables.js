const say = (number) => number.toLocaleString("en");

function parsed(csv) {
  const rows = [[]];
  for (const [whole, cell, end] of csv.matchAll(/("(?:[^"]|"")*"|[^,\n]*)(,|\n|$)/g)) {
    if (!whole) break;
    rows.at(-1).push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

function compared(a, b, isNumber) {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  return isNumber ? a - b : a.localeCompare(b, "en", { numeric: true });
}

// Shares show as bars in their cells, where a column holds nothing else.
function bars(body) {
  const rows = [...body.rows].map((row) => [...row.cells]);
  const shares = rows.map((cells) => cells.map((cell) => /^(\d+(\.\d+)?)\s%$/.exec(cell.textContent)?.[1]));
  const isShare = (i) => shares.every((row) => row[i] !== undefined && Number(row[i]) <= 100);
  rows.forEach((cells, r) => cells.forEach((cell, i) => {
    if (cell.classList.contains("number") && rows.length > 2 && isShare(i)) cell.style.setProperty("--share", `${shares[r][i]}%`);
  }));
}

// Sorting, filtering, showing more and saving a table, all from what the page holds of it.
function equip(box) {
  const packed = box.querySelector(".inside");
  const body = box.querySelector("tbody");
  bars(body);
  const headings = [...box.querySelectorAll("thead tr:last-child th")];
  const all = Number(box.dataset.rows);
  const atFirst = body.rows.length;
  if (!packed || !all) return;
  const classes = headings.map((heading) => heading.className);
  const drawn = (cells) => made("tr", {}, ...cells.map((textContent, i) => made("td", { textContent, className: classes[i] })));

  let holding;
  const held = () => holding ??= unpack(packed).then((text) => {
    const { csv, cells } = JSON.parse(text);
    const rows = cells.length ? cells : [...body.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
    const fold = (row) => row.join("\n").toLowerCase();
    return { csv, rows, raw: parsed(csv).slice(1), folded: rows.map(fold), names: rows.map((row) => fold(row.slice(0, 2))) };
  });

  const input = made("input", { type: "search", autocomplete: "off" });
  const status = made("span", {});
  status.setAttribute("role", "status");
  let column = -1;
  let falling = false;
  let most = atFirst;
  async function draw() {
    const { rows, raw, folded, names } = await held();
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (texts) => (i) => words.every((word) => texts[i].includes(word));
    const hits = [...rows.keys()].filter(has(folded));
    if (column >= 0) {
      const isNumber = classes[column].includes("number");
      hits.sort((a, b) => {
        const one = raw[a][column], other = raw[b][column];
        return one && other && falling ? compared(other, one, isNumber) : compared(one, other, isNumber);
      });
    } else {
      hits.sort((a, b) => has(names)(b) - has(names)(a));
    }
    body.replaceChildren(...hits.slice(0, most).map((i) => drawn(rows[i])));
    bars(body);
    offer(hits.length);
    const found = words.length ? [`${say(hits.length)} of ${say(rows.length)} rows hold this`] : [];
    const part = rows.length < all ? [`only the first ${say(rows.length)} of ${say(all)} rows are in the page`] : [];
    status.textContent = [...found, ...part].join("; ");
  }
  const range = made("span", {});
  const more = button("", () => { most += 100; draw(); });
  function offer(number) {
    range.textContent = number > most ? `Rows 1 to ${say(most)} of ${say(number)} ` : "";
    more.hidden = number <= most;
    more.textContent = `Show ${say(Math.min(number - most, 100))} more`;
  }
  offer(all);
  input.addEventListener("input", () => { most = atFirst; draw(); });
  headings.forEach((heading, i) => {
    const sort = button(heading.textContent, () => {
      falling = column === i ? !falling : heading.classList.contains("number");
      column = i;
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      draw();
    });
    if (all > 2) heading.replaceChildren(sort);
  });
  const csv = button("CSV", async () => save(`${box.dataset.name}.csv`, new Blob([(await held()).csv], { type: "text/csv" })));
  csv.setAttribute("aria-label", `Save ${box.dataset.name}.csv`);
  if (all > atFirst) packed.before(made("p", { className: "tools" }, made("label", {}, "Filter ", input), " ", status));
  box.querySelector(".more").replaceWith(made("p", { className: "tools" }, range, more, csv));
}
document.querySelectorAll(".table").forEach(equip);
