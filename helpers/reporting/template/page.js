"use strict";
const codeSwitch = document.getElementById("code-switch");
codeSwitch.addEventListener("click", () => {
  const open = codeSwitch.getAttribute("aria-pressed") !== "true";
  codeSwitch.setAttribute("aria-pressed", String(open));
  codeSwitch.textContent = open ? "Hide all code" : "Show all code";
  document.querySelectorAll("details.code").forEach((details) => { details.open = open; });
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const colours = () => ({
  "font.color": getComputedStyle(document.body).color,
  "paper_bgcolor": "rgba(0,0,0,0)",
  "plot_bgcolor": "rgba(0,0,0,0)",
});

let library;
function loadLibrary() {
  library ??= (async () => {
    const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    document.head.append(script);
  })();
  return library;
}

async function bringToLife(figure) {
  const { data, layout } = JSON.parse(figure.querySelector("script").textContent);
  const live = figure.querySelector(".live");
  await loadLibrary();
  live.hidden = false;
  await Plotly.newPlot(live, data, layout, { displaylogo: false, responsive: true });
  await Plotly.relayout(live, colours());
  figure.querySelector(".static").style.display = "none";
  dark.addEventListener("change", () => Plotly.relayout(live, colours()));
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((seen) => seen.isIntersecting)) {
    watcher.unobserve(entry.target);
    bringToLife(entry.target).catch((error) => {
      entry.target.querySelector(".live").hidden = true;
      console.error(error);
    });
  }
}, { rootMargin: "600px" });
document.querySelectorAll("figure.interactive").forEach((figure) => watcher.observe(figure));

function offerLookup(field) {
  const body = field.parentElement.querySelector("tbody");
  const input = field.querySelector("input");
  const status = field.querySelector("[role=status]");
  const rows = JSON.parse(field.parentElement.querySelector("script").textContent);
  const fold = (cells) => cells.join("\n").toLowerCase();
  const folded = rows.map(fold);
  const names = rows.map((cells) => fold(cells.slice(0, 2)));
  const say = (number) => number.toLocaleString("en");
  const all = Number(field.dataset.all);
  const part = rows.length < all ? `; all ${say(all)} rows are in the file` : "";
  const atFirst = [...body.rows];
  const classes = [...atFirst[0].cells].map((cell) => cell.className);
  const drawn = (cells) => {
    const row = document.createElement("tr");
    row.append(...cells.map((text, i) => Object.assign(document.createElement("td"), { textContent: text, className: classes[i] })));
    return row;
  };
  const look = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const holding = (texts) => (i) => words.every((word) => texts[i].includes(word));
    const hits = [...rows.keys()].filter(holding(folded));
    const found = [...hits.filter(holding(names)), ...hits.filter((i) => !holding(names)(i))];
    const shown = words.length ? found.slice(0, 50).map((i) => drawn(rows[i])) : atFirst;
    body.replaceChildren(...shown);
    const few = shown.length < found.length ? `, the first ${shown.length} are shown` : "";
    status.textContent = words.length ? `${say(found.length)} of ${say(rows.length)} rows hold this${few}${part}` : "";
  };
  input.addEventListener("input", look);
  field.hidden = false;
}
document.querySelectorAll(".lookup").forEach(offerLookup);
