// Runs when the side panel's element is made. A citation in the answer opens its passage here and lights
// up the quoted words; a passage leads back. Reads ids and data attributes only, never makes markup.
const still = matchMedia("(prefers-reduced-motion: reduce)");
let active = null; // {turn, cite}: which quote is lit, kept when the panel is drawn again

function go(target, block) {
  target.scrollIntoView({ block, behavior: still.matches ? "auto" : "smooth" });
  target.focus({ preventScroll: true });
}

function quotes({ turn, cite }) {
  return element.querySelectorAll(`#t${turn}-sources mark[data-cites~="${cite}"]`);
}

function open(turn) {
  for (const section of element.querySelectorAll(".sources")) {
    section.hidden = section.dataset.turn !== turn;
  }
}

function light() {
  for (const mark of element.querySelectorAll("mark.active")) mark.classList.remove("active");
  if (active) for (const mark of quotes(active)) mark.classList.add("active");
}

function show(link) {
  const [, turn, position] = link.getAttribute("href").match(/^#t(\d+)-p(\d+)$/);
  open(turn);
  active = link.dataset.cite ? { turn, cite: link.dataset.cite } : null;
  light();
  go((active && quotes(active)[0]) || document.getElementById(`t${turn}-p${position}`), "center");
}

function goBack(link) {
  const target = document.getElementById(link.getAttribute("href").slice(1));
  if (target) go(target, "center");
}

function newest() {
  const sections = element.querySelectorAll(".sources");
  return sections.length ? sections[sections.length - 1].dataset.turn : null;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.cite, a.near, a.back");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.matches(".back")) goBack(link);
  else show(link);
});

// The page's words may be in another language than it was opened in.
function speak() {
  document.documentElement.lang = element.querySelector(".panel").lang;
}

let last = newest();
watch("value", () => {
  speak();
  if (newest() !== last) active = null;
  last = newest();
  if (active) open(active.turn);
  light();
});
speak();
