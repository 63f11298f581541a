"use strict";
const unpack = async (node) => {
  const packed = Uint8Array.from(atob(node.textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};
const made = (tag, attributes, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
};
const button = (text, act) => {
  const element = made("button", { type: "button", textContent: text });
  element.addEventListener("click", act);
  return element;
};
function save(name, blob) {
  const link = made("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const views = document.querySelectorAll("input[name=view]");
function show(view) {
  document.documentElement.dataset.view = view;
  views.forEach((input) => { input.checked = input.value === view; });
  document.querySelectorAll("details.depth").forEach((fold) => { fold.open = view !== "brief"; });
  document.querySelectorAll("details.code").forEach((fold) => { fold.open = view === "code"; });
}
views.forEach((input) => input.addEventListener("change", () => {
  show(input.value);
  const address = new URL(location.href);
  address.searchParams.set("view", input.value);
  history.replaceState(null, "", address);
}));
const wanted = new URLSearchParams(location.search).get("view");
show([...views].some((input) => input.value === wanted) ? wanted : "brief");

function lead(target) {
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) lead(target);
}
addEventListener("hashchange", follow);
follow();

const contents = document.querySelector("nav details");
const phone = matchMedia("(max-width: 60rem)");
const fit = () => { contents.open = !phone.matches; };
phone.addEventListener("change", fit);
fit();
document.querySelectorAll("main :is(h2, h3)[id]").forEach((heading) => {
  const link = made("a", { className: "anchor", href: `#${heading.id}`, textContent: "#" });
  link.setAttribute("aria-label", `Link to ${heading.textContent}`);
  heading.append(" ", link);
});
document.querySelectorAll("code.command").forEach((command) => {
  const copy = button("Copy", async () => {
    await navigator.clipboard.writeText(command.textContent);
    copy.textContent = "Copied";
  });
  command.after(" ", copy);
});
