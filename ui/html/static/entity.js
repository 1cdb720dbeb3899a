// Runs when the page of an entity is made. Any link a.open-entity on the page opens it here, in a dialog that keeps
// the focus inside, closes on Escape and gives the focus back; so does a name that is sent as sourcier:entity. The
// reader opens in front of it, and closes when an entity is opened from there. Never makes markup.
const dialog = document.createElement("dialog");
let requests = 0;
let opener = null;
let asked = null; // what was asked for last: {entity or name, dossier, about, quoted}
let shown = null;
let before = []; // what was shown before it

dialog.id = "entity-dialog";
dialog.setAttribute("aria-labelledby", "entity-title");
element.before(dialog);
dialog.append(element);

function ask(said) {
  asked = said;
  trigger("click", { n: ++requests, ...said });
}

// The dossier that alone is looked at where the link stands.
function dossierOf(from) {
  if (from?.closest?.("#corpus")) return document.getElementById("corpus-dossier-choice")?.value ?? "";
  if (from?.closest?.("#full-text-found")) return document.getElementById("full-text-dossier")?.value ?? "";
  return dialog.open ? (shown?.dossier ?? "") : "";
}

function open(wanted, from) {
  const dossier = dossierOf(from);
  const reader = document.getElementById("reader-dialog");
  if (reader?.open) reader.close();
  if (dialog.open) {
    if (shown) before.push(shown);
  } else {
    opener = from?.checkVisibility?.() ? from : document.activeElement;
    before = [];
  }
  ask({ ...wanted, dossier });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.open-entity");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open({ entity: Number(link.dataset.entity) }, link);
});
document.addEventListener("sourcier:entity", (event) => open({ name: event.detail }, document.activeElement));

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".close")) dialog.close();
  if (button.matches(".back")) ask(before.pop());
  if (button.matches(".everywhere")) ask({ ...shown, dossier: "" });
  if (button.dataset.name) open({ name: button.dataset.name }, button);
  if (button.dataset.question) {
    opener = null;
    dialog.close();
    document.getElementById("chat-tab-button")?.click();
    document.dispatchEvent(new CustomEvent("sourcier:ask", { detail: button.dataset.question }));
  }
});

function narrow() {
  const form = element.querySelector("form.narrow");
  ask({ ...shown, about: form.elements.about.value, quoted: form.elements.quoted.checked, narrowing: true });
}
element.addEventListener("submit", (event) => {
  event.preventDefault();
  narrow();
});
element.addEventListener("change", (event) => {
  if (event.target.name === "quoted") narrow();
});

// Beside the dialog's content is its backdrop.
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => {
  shown = null;
  if (opener?.isConnected) opener.focus();
  opener = null;
});

watch("value", () => {
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  const narrowed = asked.narrowing;
  shown = { ...asked, narrowing: undefined };
  element.querySelector(".back").hidden = !before.length;
  if (!dialog.open) dialog.showModal();
  if (narrowed) {
    element.querySelector(".said .told")?.focus();
    return;
  }
  dialog.scrollTop = 0;
  element.querySelector("#entity-title").focus({ preventScroll: true });
});
