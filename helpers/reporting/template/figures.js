const dark = matchMedia("(prefers-color-scheme: dark)");
const colours = () => ({
  "font.color": getComputedStyle(document.body).color,
  "paper_bgcolor": "rgba(0,0,0,0)",
  "plot_bgcolor": "rgba(0,0,0,0)",
});

let library;
function loadLibrary() {
  library ??= (async () => {
    const script = document.createElement("script");
    script.textContent = await unpack(document.getElementById("plotly"));
    document.head.append(script);
  })();
  return library;
}

async function bringToLife(figure) {
  const { data, layout } = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
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

// A picture on its own is dark on white, whatever the page is.
function alone(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("style", "color: #1c2330; background: white; font-family: sans-serif");
  return new XMLSerializer().serializeToString(copy);
}

async function asPng(svg) {
  const { width, height } = svg.viewBox.baseVal;
  const picture = made("img", { src: `data:image/svg+xml,${encodeURIComponent(alone(svg))}` });
  await picture.decode();
  const canvas = made("canvas", { width: 2 * width, height: 2 * height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

const enlarged = made("dialog", { className: "enlarged" });
document.body.append(enlarged);
enlarged.addEventListener("click", () => enlarged.close());
document.querySelectorAll("figure[data-name]").forEach((figure) => {
  const name = figure.dataset.name;
  const svg = figure.querySelector(".static svg:not(.again)") ?? document.querySelector(".lead svg");
  const packed = figure.querySelector(".inside");
  const enlarge = () => {
    enlarged.replaceChildren(button("Close", () => enlarged.close()), svg.cloneNode(true));
    enlarged.setAttribute("aria-label", figure.querySelector(".static").getAttribute("aria-label"));
    enlarged.showModal();
  };
  const tools = [
    ["Enlarge", enlarge],
    ["SVG", () => save(`${name}.svg`, new Blob([alone(svg)], { type: "image/svg+xml" }))],
    ["PNG", async () => save(`${name}.png`, await asPng(svg))],
  ];
  const saved = async () => save(`${name}.csv`, new Blob([JSON.parse(await unpack(packed)).csv], { type: "text/csv" }));
  if (packed) {
    tools.push(["CSV", saved]);
    figure.querySelector("a.data")?.remove();
  }
  const buttons = tools.map(([text, act]) => {
    const tool = button(text, act);
    tool.setAttribute("aria-label", text === "Enlarge" ? `Enlarge ${name}` : `Save ${name}.${text.toLowerCase()}`);
    return tool;
  });
  figure.querySelector("figcaption").append(made("span", { className: "tools" }, ...buttons));
});
