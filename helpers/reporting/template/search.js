// Search over the page: what holds all words, folded or not, and a way to it.
const field = document.getElementById("search");
const hits = document.getElementById("hits");
const places = [...document.querySelectorAll("main :is(h2, h3, summary strong, p, li, dt, figcaption, td, th)")];
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (place) => words.every((word) => place.textContent.toLowerCase().includes(word));
  const found = words.length ? places.filter((place) => !place.closest(".tools") && has(place)) : [];
  const items = found.slice(0, 20).map((place) => {
    const go = button(place.textContent.replace(/\s+#?$/, "").slice(0, 90), () => {
      document.querySelector(".hit")?.classList.remove("hit");
      place.classList.add("hit");
      lead(place);
    });
    return made("li", {}, go);
  });
  hits.replaceChildren(...items);
  document.getElementById("found").textContent = words.length ? `${found.length} found${found.length > 20 ? ", 20 shown" : ""}` : "";
});
document.getElementById("search-box").hidden = false;
