// Runs when the form that corrects articles is made: shows it in a dialog over whatever asked for it, which
// keeps the focus inside, closes on Escape and gives the focus back. Never makes markup.
const dialog = document.createElement("dialog");
let requests = 0;

dialog.id = "editing-dialog";
dialog.setAttribute("aria-labelledby", "editing-heading");
element.before(dialog);
dialog.append(element);

document.addEventListener("sourcier:edit", (event) => {
  trigger("click", { act: "ask", articles: event.detail, n: ++requests });
});

const form = () => element.querySelector("form.editing");

// What is as it was isn't sent; what is no date is, as it is typed, and the server says so.
function changed() {
  const fields = {};
  for (const box of form().querySelectorAll("[data-was]")) {
    const { iso } = box.dataset;
    const value = iso === undefined || iso === "?" ? box.value : iso;
    if (value !== box.dataset.was && !box.disabled) fields[box.name] = value;
  }
  return fields;
}

function settle() {
  for (const tick of element.querySelectorAll("input[data-undo]")) {
    form().elements[tick.dataset.undo].disabled = tick.checked;
  }
}

element.addEventListener("change", settle);
element.addEventListener("click", (event) => {
  if (event.target.closest("button.close")) dialog.close();
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const articles = form().dataset.articles.split(" ");
  const fields = changed();
  const undo = [...form().querySelectorAll("input[data-undo]:checked")].map((tick) => tick.dataset.undo);
  if (!Object.keys(fields).length && !undo.length) {
    dialog.close();
    return;
  }
  for (const button of form().querySelectorAll("button")) button.disabled = true;
  trigger("click", { act: "save", articles, fields, undo, n: ++requests });
});

watch("value", () => {
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  if (!form()) {
    dialog.close();
    if (element.querySelector(".edited")) document.dispatchEvent(new CustomEvent("sourcier:edited"));
    return;
  }
  for (const button of form().querySelectorAll("button")) button.disabled = false;
  if (!dialog.open) {
    form().reset(); // what was typed and given up before may still be in it
    dialog.showModal();
    dialog.scrollTop = 0;
  }
  settle();
  (form().querySelector("[aria-invalid]") || element.querySelector("#editing-heading")).focus();
});
