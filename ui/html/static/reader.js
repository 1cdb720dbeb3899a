// Runs when the reader is made. Any link a.open-article on the page opens its article here, in a dialog that
// keeps the focus inside, closes on Escape and gives the focus back. Never makes markup.
const SETTLING = 12; // frames
const dialog = document.createElement("dialog");
let requests = 0;
let opener = null;
let pointed = null; // which words to go to: {start, end}, or the number of a mark

dialog.id = "reader-dialog";
dialog.setAttribute("aria-labelledby", "reader-title");
element.before(dialog);
dialog.append(element);

const number = (value) => (value === undefined ? undefined : Number(value));

function ask(said) {
  trigger("click", { n: ++requests, ...said });
}

// Paragraphs out of sight have a guessed height until they come near it: what is gone to moves meanwhile.
function bring(target, frames = SETTLING) {
  target.scrollIntoView({ block: "center" });
  if (frames && target.isConnected) requestAnimationFrame(() => bring(target, frames - 1));
}

function goTo(mark) {
  const target = element.querySelector(`mark[data-marks~="${mark}"]`);
  if (!target) return;
  for (const lit of element.querySelectorAll("mark.active")) lit.classList.remove("active");
  for (const lit of element.querySelectorAll(`mark[data-marks~="${mark}"]`)) lit.classList.add("active");
  bring(target);
  target.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.open-article");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!dialog.open) opener = link.checkVisibility() ? link : document.activeElement;
  const { article, start, end } = link.dataset;
  pointed = start === undefined ? null : { start: number(start), end: number(end) };
  ask({ article, ...(pointed || {}) });
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches(".close")) dialog.close();
  if (button.matches(".edit")) {
    const { article } = element.querySelector("article.reader").dataset;
    document.dispatchEvent(new CustomEvent("sourcier:edit", { detail: [article] }));
  }
  if (button.dataset.mark) goTo(button.dataset.mark);
  if (button.dataset.revision) {
    const { article } = element.querySelector("article.reader").dataset;
    pointed = "kept";
    ask({ article, revision: number(button.dataset.revision) });
  }
});

// What was corrected is drawn anew.
document.addEventListener("sourcier:edited", () => {
  const article = element.querySelector("article.reader")?.dataset.article;
  if (!dialog.open || !article) return;
  pointed = null;
  ask({ article });
});

// What is selected of the text: the element's text is the article's, to the character; offsets count code points.
// An article may be a megabyte, and is counted as often as the selection moves: no list of its characters is made.
const PAIRS = /[\ud800-\udbff][\udc00-\udfff]/g;
const length = (words) => words.length - (words.match(PAIRS)?.length ?? 0);

// What stands from one code point of words to another.
function between(words, start, end) {
  if (length(words) === words.length) return words.slice(start, end);
  return [...words].slice(start, end).join("");
}

function chosen() {
  const text = element.querySelector("article > .text");
  const selection = getSelection();
  if (!text || !dialog.open || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const start = length(before.toString());
  const words = range.toString();
  return words.trim() ? { start, end: start + length(words) } : null;
}

let looked = 0; // the frame in which the selection is looked at: it moves more often than that
document.addEventListener("selectionchange", () => {
  cancelAnimationFrame(looked);
  looked = requestAnimationFrame(lookAtSelection);
});

function lookAtSelection() {
  const bar = element.querySelector(".selected");
  if (!bar) return;
  const words = chosen();
  // Pressing the button may end the selection: it stays as long as it has the focus.
  if (!words && bar.contains(document.activeElement)) return;
  bar.hidden = !words;
  if (!words) return;
  Object.assign(bar.querySelector(".copy-quote").dataset, words);
  element.querySelector(".pressed").hidden = true;
  const told = element.querySelector(".told");
  if (!told.querySelector("button")) told.textContent = "";
}
element.addEventListener("mousedown", (event) => {
  // Else the selection is gone before the click; the form is written in.
  if (event.target.closest(".selected") && !event.target.closest(".note-form")) event.preventDefault();
});

// --- notes: the server keeps them, and draws the article anew with what came of it ---

let writing = null; // what is being written, as it will be sent
let unsent = null; // a note that was being written when something was sent: {what, words, kind}
let submitted = false; // whether it was that note

const form = () => element.querySelector(".note-form");
const typed = () => writing && form()?.elements.words.value !== form()?.elements.words.defaultValue;
const quoted = () => element.querySelector(".selected .copy-quote").dataset;
const selected = () => ({ start: number(quoted().start), end: number(quoted().end) });

function send(said, isForm = false) {
  const { words, kind } = form().elements;
  unsent = isForm || typed() ? { what: writing, words: words.value, kind: kind.value } : null;
  submitted = isForm;
  pointed = "kept";
  ask({ article: element.querySelector("article.reader").dataset.article, hash: quoted().hash, ...said });
}

function write(what, beside, words = "", kind = "") {
  const { words: box, kind: list } = form().elements;
  const quote = form().querySelector(".quote");
  writing = what;
  beside.append(form());
  box.defaultValue = box.value = words;
  list.value = kind || "important";
  form().querySelector(".kinds").hidden = what.start === undefined && !kind;
  quote.hidden = what.start === undefined;
  if (!quote.hidden) {
    const text = element.querySelector("article > .text").textContent;
    quote.querySelector("q").textContent = between(text, what.start, Math.min(what.end, what.start + 200));
  }
  form().hidden = false;
  box.focus();
}

function leave() {
  const beside = form().parentElement;
  form().hidden = true;
  element.querySelector(".note-store").append(form());
  writing = null;
  beside.querySelector("button:not([hidden])")?.focus();
}

function press(mark) {
  const numbers = mark.dataset.marks.split(" ");
  const has = (note) => numbers.includes(note.querySelector("[data-mark]")?.dataset.mark);
  const notes = [...element.querySelectorAll(".notes .note")].filter(has);
  const shown = element.querySelector(".pressed");
  if (!notes.length || shown.contains(form())) return;
  shown.querySelector("ul").replaceChildren(...notes.map((note) => note.cloneNode(true)));
  shown.hidden = false;
  bring(mark, 0);
}

const NOTED = {
  mark: (button) => send({ note_act: "add", ...selected(), kind: button.dataset.kind, words: "" }),
  write: (button) => write({ note_act: "add", ...selected() }, button.closest(".selected")),
  article: (button) => write({ note_act: "add" }, button.parentElement),
  change: (button, { note, words, kind }) => write({ note_act: "change", note }, button.closest("li.note"), words, kind),
  delete: (_, { note }) => send({ note_act: "delete", note }),
  undo: (_, { note }) => send({ note_act: "undo", note }),
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-note-act]");
  if (button) NOTED[button.dataset.noteAct](button, button.closest("[data-note]")?.dataset ?? {});
  if (event.target.closest(".note-form .cancel")) leave();
  if (event.target.closest(".unpress")) element.querySelector(".pressed").hidden = true;
  const mark = event.target.closest("mark.noted");
  if (mark && getSelection().isCollapsed) press(mark);
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { words, kind } = form().elements;
  send({ ...writing, words: words.value, kind: kind.value }, true);
});

dialog.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && form()?.contains(event.target)) {
    event.preventDefault(); // the note is left, not the article
    event.stopPropagation();
    leave();
    return;
  }
  if (event.key === "Enter" && event.target.matches("mark.noted")) press(event.target);
});

document.addEventListener("sourcier:note-key", (event) => {
  const bar = element.querySelector(".selected");
  if (!dialog.open || !bar) return;
  const act = event.detail === "note" ? (bar.hidden ? "article" : "write") : !bar.hidden && "mark";
  if (act) element.querySelector(`button[data-note-act="${act}"]`).click();
});

// What came of it: a note that couldn't be kept stands in the form again; else its words have the focus.
function noted() {
  const outcome = element.querySelector(".outcome");
  if (!outcome) return;
  const error = outcome.querySelector(".error").textContent;
  const again = unsent && (error || !submitted) ? unsent : null;
  writing = unsent = null;
  const { noted: id } = outcome.dataset;
  if (id) document.dispatchEvent(new CustomEvent("sourcier:notes"));
  if (again) {
    write(again.what, element.querySelector(".bottom"), "", again.kind);
    form().elements.words.value = again.words;
    return;
  }
  const item = id && element.querySelector(`.notes .note[data-note="${id}"]`);
  const there = item?.querySelector("[data-mark]")?.dataset.mark;
  const target = there
    ? element.querySelector(`mark[data-marks~="${there}"]`)
    : (item ?? outcome).querySelector("button");
  target?.focus({ preventScroll: true });
}

// Where the link stood may have been drawn again meanwhile.
function giveBack() {
  if (!opener) return;
  const { article } = opener.dataset ?? {};
  const links = [...document.querySelectorAll("a.open-article")];
  const again = links.find((link) => link.dataset.article === article && link.checkVisibility());
  (opener.isConnected ? opener : again)?.focus();
}

// Beside the dialog's content is its backdrop.
dialog.addEventListener("click", (event) => {
  if (event.target === dialog && !typed()) dialog.close(); // a note that is being written isn't lost by a slip
});
dialog.addEventListener("close", () => {
  giveBack();
  opener = null;
});

watch("value", () => {
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  for (const lit of element.querySelectorAll("mark.active")) lit.classList.remove("active");
  const opening = !dialog.open;
  if (opening) dialog.showModal();
  if (pointed === "kept" && !opening) {
    noted();
    return;
  }
  writing = unsent = null;
  dialog.scrollTop = 0;
  element.querySelector("#reader-title").focus({ preventScroll: true });
  if (pointed && pointed.start !== undefined) {
    goTo(element.querySelector("article.reader").dataset.pointed);
  }
});
