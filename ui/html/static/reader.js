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
const length = (words) => [...words].length;

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

document.addEventListener("selectionchange", () => {
  const bar = element.querySelector(".selected");
  if (!bar) return;
  const words = chosen();
  // Pressing the button may end the selection: it stays as long as it has the focus.
  if (!words && bar.contains(document.activeElement)) return;
  bar.hidden = !words;
  if (words) Object.assign(bar.querySelector("button").dataset, words);
});
element.addEventListener("mousedown", (event) => {
  if (event.target.closest(".selected")) event.preventDefault(); // else the selection is gone before the click
});

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
  if (event.target === dialog) dialog.close();
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
  if (pointed === "kept" && !opening) return;
  dialog.scrollTop = 0;
  element.querySelector("#reader-title").focus({ preventScroll: true });
  if (pointed && pointed.start !== undefined) {
    goTo(element.querySelector("article.reader").dataset.pointed);
  }
});
