// Runs when the part is made where exported files arrive. Wherever a button on the page says in data-export
// what it exports, this asks for it and saves it; wherever one copies a quote, this asks for the quote as
// published, with its reference, and puts it on the clipboard as text and as HTML. Never makes markup.
let saved = null; // the number of the file that was saved last

const frame = () => element.querySelector(".export-frame");

// A file arrives in a hidden element, in base64; the browser saves it from memory.
function save(file) {
  const bytes = Uint8Array.from(atob(file.textContent), (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: file.dataset.type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

watch("value", () => {
  const file = element.querySelector("i[data-number]");
  if (!file || file.dataset.number === saved) return;
  saved = file.dataset.number;
  save(file);
});

function close(menu) {
  const summary = menu?.querySelector("summary");
  if (!menu?.open) return;
  menu.open = false;
  summary.focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.export-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const button = event.target.closest?.("button[data-export]");
  if (!button) return;
  close(button.closest("details"));
  const { export: kind, format, turn, conversation, dossier, kept } = button.dataset;
  // Which articles are chosen is known to the table's own script, and what notes are listed to theirs.
  if (["articles", "notes"].includes(kind)) return;
  const notes = button.closest(".forms")?.querySelector(".with-notes")?.checked;
  trigger("click", { kind, format, conversation, dossier, kept, notes, turn: turn === undefined ? undefined : Number(turn) });
});
document.addEventListener("sourcier:export", (event) => trigger("click", event.detail));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.export-menu[open]");
  if (menu) close(menu);
});

// --- quotes ---

function tell(button, words) {
  const told = button.parentElement.querySelector(".copied");
  told.textContent = words;
  clearTimeout(told.timer);
  told.timer = setTimeout(() => (told.textContent = ""), 4000);
}

// Browsers have no clipboard for pages that come without https from another machine.
function inOldWays(quote, beside) {
  const box = document.createElement("textarea");
  box.value = quote.text;
  box.className = "unseen";
  const focused = document.activeElement;
  const fill = (event) => {
    event.clipboardData.setData("text/plain", quote.text);
    event.clipboardData.setData("text/html", quote.html);
    event.preventDefault();
  };
  beside.append(box); // within the dialog, if there is one: nothing else can have the focus
  box.select();
  document.addEventListener("copy", fill, { once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", fill);
  box.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

async function put(asked, beside) {
  const part = async (name, type) => new Blob([(await asked)[name]], { type });
  try {
    const parts = { "text/plain": part("text", "text/plain"), "text/html": part("html", "text/html") };
    await navigator.clipboard.write([new ClipboardItem(parts)]);
    return true;
  } catch {
    return inOldWays(await asked, beside);
  }
}

async function copy(button) {
  const { article, hash, start, end } = button.dataset;
  const language = frame().lang;
  const asked = server.copy_quote({ article, hash, language, start: Number(start), end: Number(end) }).then((quote) => {
    if (quote.error) throw new Error(quote.error);
    return quote;
  });
  try {
    tell(button, (await put(asked, button.parentElement)) ? frame().dataset.copied : frame().dataset.failed);
  } catch (error) {
    tell(button, error.message);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.copy-quote");
  if (button) copy(button);
});
