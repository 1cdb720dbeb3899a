// Runs when the dialog is made by which articles come into a dossier. Any button with data-dossier-add (ids of
// articles) or data-dossier-rule (a search or a filter) opens it; the focus stays inside, Escape closes it, and
// the focus is given back. Never makes markup.
const dialog = document.createElement("dialog");
let requests = 0;
let what = {}; // what would come into a dossier
let opener = null;
let written = ""; // the name that was sent last: it stands there again if it can't be used

dialog.id = "dossier-dialog";
dialog.setAttribute("aria-labelledby", "dossier-dialog-title");
element.before(dialog);
dialog.append(element);

function ask(said) {
  trigger("click", { n: ++requests, ...what, ...said });
}

function begin(wanted, from) {
  what = wanted;
  opener = from;
  ask({ act: "ask" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-dossier-add], button[data-dossier-rule]");
  if (!button) return;
  const { dossierAdd, dossierRule } = button.dataset;
  begin(dossierAdd ? { articles: dossierAdd.split(" ") } : { rule: JSON.parse(dossierRule) }, button);
});
document.addEventListener("sourcier:dossier-add", (event) => {
  begin({ articles: event.detail }, document.activeElement);
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".close")) dialog.close();
  if (button.dataset.into) ask({ act: "into", dossier: button.dataset.into });
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  written = event.target.elements.name.value;
  ask({ act: "create", words: written });
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => {
  if (opener?.isConnected) opener.focus();
  opener = null;
});

watch("value", () => {
  const shown = element.querySelector(".choosing");
  if (!shown) {
    dialog.close();
    return;
  }
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  if (!dialog.open) dialog.showModal();
  const done = shown.matches(".done");
  const box = element.querySelector("input");
  if (box && written) box.value = written;
  const first = done ? "button.close" : written ? "input" : "button[data-into], input";
  element.querySelector(first).focus();
  written = "";
  if (!done) return;
  document.dispatchEvent(new CustomEvent("sourcier:put-in-dossier"));
  document.dispatchEvent(new CustomEvent("sourcier:dossiers"));
});
