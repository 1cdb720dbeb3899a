// Runs when the list of notes is made. Tells the server what was pressed and what the list is narrowed by, and
// puts the form that a note is written in where it is wanted. Never makes markup.
let requests = 0;
let by = { words: "", order: "newest", page: 1, dossier: "" };
let wanted = null; // what the keyboard goes to when the list is drawn again
let unsent = null; // a note that was sent: it stands in the form again if it can't be kept

const form = () => element.querySelector(".note-form");
const isTyped = () => form() && !form().hidden && form().elements.words.value !== form().elements.words.defaultValue;
const item = (note) => [...element.querySelectorAll("li.note")].find((one) => one.dataset.note === note);

function ask(said = {}) {
  trigger("click", { n: ++requests, ...by, ...said });
}

// What somebody is writing isn't drawn away.
function look() {
  if (!isTyped()) ask();
}

function write(beside, { words = "", kind = "" }) {
  const { words: box, kind: list } = form().elements;
  beside.append(form());
  box.defaultValue = box.value = words;
  list.value = kind || "important";
  form().querySelector(".kinds").hidden = !kind;
  form().dataset.note = beside.dataset.note;
  form().hidden = false;
  box.focus();
}

function leave() {
  const beside = form().parentElement;
  form().hidden = true;
  element.querySelector(".note-store").append(form());
  beside.querySelector("[data-note-act=change]")?.focus();
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const about = button.closest("[data-note]");
  const { noteAct, page } = button.dataset;
  if (noteAct === "change") write(about, about.dataset);
  if (noteAct === "delete" || noteAct === "undo") {
    wanted = noteAct === "delete" ? () => element.querySelector(".outcome button") : () => item(about.dataset.note)?.querySelector("button");
    ask({ note_act: noteAct, note: about.dataset.note });
  }
  if (page) {
    by.page = Number(page);
    wanted = () => element.querySelector("#notes-title");
    ask();
  }
  if (button.matches(".cancel")) leave();
  if (button.dataset.export === "notes") {
    const detail = { kind: "notes", format: button.dataset.format, words: by.words, dossier: by.dossier };
    document.dispatchEvent(new CustomEvent("sourcier:export", { detail }));
  }
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target === form()) {
    const { words, kind } = form().elements;
    const { note } = form().dataset;
    unsent = { note, words: words.value, kind: form().querySelector(".kinds").hidden ? "" : kind.value };
    wanted = () => item(note)?.querySelector("[data-note-act=change]");
    ask({ note_act: "change", ...unsent });
    return;
  }
  const { words, order } = event.target.elements;
  by = { ...by, words: words.value, order: order.value, page: 1 };
  wanted = () => element.querySelector(".notes-search input");
  ask();
});
element.addEventListener("change", (event) => {
  if (event.target.name === "order") event.target.form.requestSubmit();
});
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !form()?.contains(event.target)) return;
  event.preventDefault();
  leave();
});

function drawn() {
  if (element.querySelector(".loading")) {
    look();
    return;
  }
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  const there = unsent && element.querySelector(".outcome .error")?.textContent && item(unsent.note);
  if (there) {
    write(there, there.dataset);
    form().elements.words.value = unsent.words;
  } else wanted?.()?.focus();
  wanted = unsent = null;
}

for (const changed of ["sourcier:notes", "sourcier:library", "sourcier:removed"]) document.addEventListener(changed, look);
document.addEventListener("sourcier:dossier", (event) => {
  by = { ...by, dossier: event.detail, page: 1 };
  look();
});
// Others may have changed the library: looked at again when the tab is.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#library-tab-button")) look();
});

watch("value", drawn);
drawn();
