// Runs when the chips above the question are made. Tells the server which filter is taken away, and keeps the
// keyboard where it was: on the next chip, or in the question box once there is none.
let place = null;

element.addEventListener("click", (event) => {
  const button = event.target.closest("button.unfilter");
  if (!button) return;
  place = [...element.querySelectorAll("button.unfilter")].indexOf(button);
  trigger("click", { kind: button.dataset.kind, value: button.dataset.value });
});

// Articles, or a dossier, of which alone is asked from wherever the page shows them.
function only(said) {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  trigger("click", said);
  document.getElementById("chat-tab-button")?.click();
  focusOn(document.querySelector("#question textarea"), 120);
}

// What is on a tab can have the keyboard once the tab is shown: some frames later.
function focusOn(box, frames) {
  box.focus();
  if (document.activeElement !== box && frames) requestAnimationFrame(() => focusOn(box, frames - 1));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-only], button[data-ask]");
  if (!button) return;
  const { only: articles, ask: dossier } = button.dataset;
  only(articles ? { kind: "articles", ids: articles.split(" ") } : { kind: "only", value: dossier });
});
document.addEventListener("sourcier:only", (event) => only({ kind: "articles", ids: event.detail }));
document.addEventListener("sourcier:dossiers", () => trigger("click", { kind: "look" }));

watch("value", () => {
  if (place === null) return;
  const left = element.querySelectorAll("button.unfilter");
  const next = left[Math.min(place, left.length - 1)] || document.querySelector("#question textarea");
  if (document.activeElement === document.body) next.focus();
  place = null;
});
