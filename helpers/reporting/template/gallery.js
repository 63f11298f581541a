"use strict";
// The cards of the index by case and words, and tables of runs that sort by a click on a heading.
const filter = document.getElementById("filter");
if (filter) {
  const chosen = document.getElementById("case");
  const words = document.getElementById("words");
  const cards = [...document.querySelectorAll(".card")];
  const texts = new Map(cards.map((card) => {
    const section = card.closest("section");
    return [card, `${section.dataset.case} ${section.querySelector("h2").textContent} ${card.textContent}`.toLowerCase()];
  }));
  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (card) => wanted.every((word) => texts.get(card).includes(word));
    cards.forEach((card) => { card.hidden = !fits(card); });
    document.querySelectorAll("section[data-case]").forEach((section) => {
      const here = !chosen.value || section.dataset.case === chosen.value;
      section.hidden = !here || !section.querySelector(".card:not([hidden])");
      section.querySelectorAll("details.others").forEach((fold) => {
        fold.hidden = !fold.querySelector(".card:not([hidden])");
        if (wanted.length) fold.open = true;
      });
    });
    const shown = cards.filter((card) => !card.hidden && !card.closest("section").hidden).length;
    document.getElementById("matching").textContent = shown < cards.length ? `${shown} of ${cards.length} reports` : "";
  };
  chosen.addEventListener("change", apply);
  words.addEventListener("input", apply);
  filter.hidden = false;
  apply();
}

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}
function ordered(one, other) {
  if (!one || !other) return one ? -1 : other ? 1 : 0;
  const [a, b] = [Number(one), Number(other)];
  return Number.isNaN(a) || Number.isNaN(b) ? one.localeCompare(other, "en", { numeric: true }) : a - b;
}
document.querySelectorAll("table.sorts").forEach((table) => {
  const headings = [...table.querySelectorAll("thead th")];
  headings.forEach((heading, column) => {
    const sort = document.createElement("button");
    sort.type = "button";
    sort.textContent = heading.textContent;
    sort.addEventListener("click", () => {
      const before = heading.getAttribute("aria-sort");
      const falling = before ? before === "ascending" : heading.classList.contains("number");
      headings.forEach((each) => each.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const [one, other] = [valueOf(a, column), valueOf(b, column)];
        return one && other && falling ? ordered(other, one) : ordered(one, other);
      });
      table.tBodies[0].append(...rows);
    });
    heading.replaceChildren(sort);
  });
});
