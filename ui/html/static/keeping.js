// Runs when the dialog is made of an answer that is kept. Any button with data-keep-answer (the number of an
// exchange) opens it; the focus stays inside, Escape closes it, and the focus is given back. Never makes markup.
const dialog = document.createElement("dialog");
let requests = 0;
let opener = null;

dialog.id = "keeping-dialog";
dialog.setAttribute("aria-labelledby", "keeping-title");
element.before(dialog);
dialog.append(element);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-keep-answer]");
  if (!button) return;
  opener = button;
  trigger("click", { n: ++requests, turn: Number(button.dataset.keepAnswer) });
});

element.addEventListener("click", (event) => {
  if (event.target.closest("button.close")) dialog.close();
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { note } = event.target.dataset;
  trigger("click", { n: ++requests, note_act: "change", note, words: event.target.elements.words.value });
});

dialog.addEventListener("close", () => {
  const turn = opener?.dataset.keepAnswer;
  const again = document.querySelector(`button[data-keep-answer="${turn}"]`);
  (opener?.isConnected ? opener : again)?.focus();
  opener = null;
});

watch("value", () => {
  const shown = element.querySelector(".keeping");
  if (!shown) {
    if (dialog.open) document.dispatchEvent(new CustomEvent("sourcier:notes"));
    dialog.close();
    return;
  }
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  if (!dialog.open) {
    dialog.showModal();
    document.dispatchEvent(new CustomEvent("sourcier:notes"));
  }
  element.querySelector("textarea, button.close").focus();
});
