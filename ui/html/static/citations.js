// Runs when the element of the earlier exchanges is made. Shows what a citation stands for, in a card beside
// it, while it is pointed at or has the focus; Escape puts the card away. Puts in text only, never markup.
const card = document.createElement("div");
card.className = "citation-card";
card.id = "citation-card";
card.setAttribute("role", "tooltip");
card.hidden = true;
const about = document.createElement("span");
about.className = "card-about";
const title = document.createElement("span");
title.className = "card-title";
const host = document.createElement("span");
host.className = "card-host";
card.append(about, title, host);
document.body.append(card);

let shownFor = null;
let closing = null;

function place(link) {
  const box = link.getBoundingClientRect();
  const own = card.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), innerWidth - own.width - 8);
  const below = box.bottom + 6 + own.height <= innerHeight;
  card.style.left = `${left}px`;
  card.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - own.height - 6)}px`;
}

function show(link) {
  clearTimeout(closing);
  if (shownFor === link) return;
  shownFor = link;
  const { outlet, date, pages } = link.dataset;
  about.textContent = [outlet, date, pages].filter(Boolean).join(" · ");
  title.textContent = link.dataset.title;
  host.textContent = link.dataset.host ?? "";
  card.hidden = false;
  place(link);
}

function hide() {
  clearTimeout(closing);
  shownFor = null;
  card.hidden = true;
}

function cited(target) {
  return target instanceof Element ? target.closest("a.cite") : null;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return; // a tap opens the passage
  const link = cited(event.target);
  if (link) show(link);
  else if (card.contains(event.target)) clearTimeout(closing);
  else if (shownFor && shownFor !== document.activeElement) {
    clearTimeout(closing);
    closing = setTimeout(hide, 250); // time to move the pointer onto the card
  }
});
document.addEventListener("focusin", (event) => {
  const link = cited(event.target);
  if (link && link.matches(":focus-visible")) show(link);
  else hide();
});
document.addEventListener("focusout", (event) => {
  if (cited(event.target)) hide();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !card.hidden) hide();
});
function follow() {
  if (!shownFor) return;
  if (shownFor.isConnected) place(shownFor);
  else hide();
}

document.addEventListener("scroll", follow, { capture: true, passive: true });
