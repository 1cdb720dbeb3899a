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

// Where the panel stands beside the answer, a quote comes beside its sentence by itself: the first one once it
// is there, any other when its citation is pointed at or has the focus. Where the panel is below, only who
// presses is led there.
const beside = matchMedia("(min-width: 800px)");
const MARGIN = 8;

function bring(link) {
  const side = element.closest("#side");
  const [, turn] = link.getAttribute("href").match(/^#t(\d+)-p\d+$/);
  const mark = beside.matches && quotes({ turn, cite: link.dataset.cite })[0];
  if (!mark || !mark.checkVisibility()) return;
  const [frame, box] = [side.getBoundingClientRect(), mark.getBoundingClientRect()];
  const lowest = Math.max(frame.top + MARGIN, frame.bottom - box.height - MARGIN);
  const wanted = Math.min(Math.max(link.getBoundingClientRect().top, frame.top + MARGIN), lowest);
  side.scrollBy({ top: box.top - wanted, behavior: still.matches ? "auto" : "smooth" });
}

let broughtFor = null; // the turn whose first quote has been shown

function bringFirst() {
  const turn = newest();
  const link = document.querySelector(`#current a.cite[href^="#t${turn}-p"]`);
  if (!turn || turn === broughtFor || !link || !quotes({ turn, cite: link.dataset.cite }).length) return;
  broughtFor = turn;
  if (element.closest("#side").scrollTop === 0) bring(link); // else somebody reads there
}

function pointed(event) {
  const link = event.target.closest?.("#current a.cite");
  if (!link || event.pointerType === "touch") return;
  const [, turn] = link.getAttribute("href").match(/^#t(\d+)-p\d+$/);
  if (event.type === "pointerover" && active?.turn === turn && active.cite === link.dataset.cite) return;
  if (!beside.matches || document.getElementById(`t${turn}-sources`)?.hidden) return;
  active = { turn, cite: link.dataset.cite };
  light();
  bring(link);
}

document.addEventListener("pointerover", pointed);
document.addEventListener("focusin", pointed);
// The sentences are drawn in another element than their quotes, before or after them; it may not be there yet.
const drawn = new MutationObserver(bringFirst);
let observed = null;

function attend() {
  const current = document.getElementById("current");
  if (!current || current === observed) return;
  observed = current;
  drawn.disconnect();
  drawn.observe(current, { childList: true, subtree: true });
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
  attend();
  bringFirst();
});
speak();
