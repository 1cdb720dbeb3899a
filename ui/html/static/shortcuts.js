// Runs when the keys' element is made. Ctrl/Cmd+K goes to an article, an entity, a conversation or a tab by its name; single
// keys do what the sheet says, unless the reader writes or has switched them off. Puts in text only, never markup.
const KEY = "sourcier-single-keys";
const LONGEST_WAIT = 3_000; // milliseconds until a tab that was gone to has drawn itself
let shown = []; // what the list has, in its order: {kind, id, name, detail}
let active = 0;
let requests = 0;
let looking = Promise.resolve(); // until the list has what is written
let cited = null; // the citation that was gone to last

const palette = () => element.querySelector(".go-dialog");
const sheet = () => element.querySelector(".keys-dialog");
const field = () => element.querySelector("#go-words");
const list = () => element.querySelector("#go-list");
const word = (name) => JSON.parse(palette().dataset.words)[name];

function singleKeys() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

// --- where to go ---

function tab(name) {
  document.getElementById(`${name}-tab-button`)?.click();
}

function whenThere(find, then) {
  const since = performance.now();
  const look = () => {
    const found = find();
    if (found?.checkVisibility()) then(found);
    else if (performance.now() - since < LONGEST_WAIT) requestAnimationFrame(look);
  };
  look();
}

// The frame under a field that it draws itself learns of a value by its event.
function write(input, value) {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value").set.call(input, value);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}

const question = () => document.querySelector("#question textarea");
const query = () => document.getElementById("full-text-query");

// What opens articles and entities listens to links.
function follow(kind, id) {
  const link = document.createElement("a");
  link.className = `open-${kind}`;
  link.dataset[kind] = id;
  link.hidden = true;
  element.append(link);
  link.click();
  link.remove();
}

function open({ kind, id, name }) {
  palette().close();
  if (kind === "article" || kind === "entity") follow(kind, id);
  if (kind === "conversation") {
    tab("chat");
    document.dispatchEvent(new CustomEvent("sourcier:conversation", { detail: id }));
  }
  if (kind === "tab") tab(id);
  if (kind === "ask") {
    tab("chat");
    whenThere(question, (input) => write(input, name));
  }
  if (kind === "search") {
    tab("search");
    whenThere(query, (input) => {
      write(input, name);
      input.form.requestSubmit();
    });
  }
}

// --- the list ---

const fold = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function tabsWith(words) {
  const named = Object.entries(JSON.parse(palette().dataset.tabs));
  return named.filter(([, name]) => fold(name).includes(fold(words))).map(([id, name]) => ({ kind: "tab", id, name }));
}

function option(one, place) {
  const item = document.createElement("div");
  item.id = `go-${place}`;
  item.className = `go-option ${one.kind}`;
  item.setAttribute("role", "option");
  item.dataset.place = place;
  for (const [name, value] of [["kind", word(one.kind)], ["name", one.name], ["detail", one.detail]]) {
    if (!value) continue;
    const part = document.createElement("span");
    part.className = `go-${name}`;
    part.textContent = value;
    if (name !== "kind") part.dir = "auto";
    item.append(part, " ");
  }
  return item;
}

function point(place) {
  active = Math.max(0, Math.min(place, shown.length - 1));
  for (const item of list().children) {
    const here = Number(item.dataset.place) === active;
    item.setAttribute("aria-selected", String(here));
    if (here) item.scrollIntoView({ block: "nearest" });
  }
  if (shown.length) field().setAttribute("aria-activedescendant", `go-${active}`);
  else field().removeAttribute("aria-activedescendant");
}

function draw(found, failed) {
  const words = field().value.trim();
  const asked = words ? [{ kind: "ask", name: words }, { kind: "search", name: words }] : [];
  shown = [...tabsWith(words), ...found, ...asked];
  list().replaceChildren(...shown.map(option));
  const counted = word(found.length === 1 ? "count_one" : "count_other").replace("{number}", found.length);
  const status = element.querySelector(".go-dialog [role=status]");
  status.textContent = failed ? word("failed") : found.length ? counted : word("none");
  status.classList.toggle("unseen", !failed);
  point(0);
}

async function look() {
  const number = ++requests;
  const language = element.firstElementChild.lang;
  let found = null;
  try {
    found = await server.destinations({ words: field().value, language });
  } catch { /* the connection is lost: said below */ }
  if (number === requests && palette().open) draw(found ?? [], found === null);
}

function go() {
  if (sheet().open) sheet().close();
  if (palette().open) return;
  palette().showModal();
  field().value = "";
  draw([], false);
  field().focus();
  looking = look();
}

// --- single keys ---

function showSheet() {
  sheet().querySelector("input").checked = singleKeys();
  sheet().showModal();
}

function toCitation(step) {
  const links = [...document.querySelectorAll("#conversation a.cite")].filter((link) => link.checkVisibility());
  if (!links.length) return;
  const from = links.indexOf(document.activeElement) >= 0 ? document.activeElement : cited;
  const before = links.indexOf(from);
  // The newest answer's first, where none has been gone to.
  const newest = links.at(-1).closest(".exchange");
  const first = links.findIndex((link) => link.closest(".exchange") === newest);
  const place = before < 0 ? first : Math.max(0, Math.min(before + step, links.length - 1));
  cited?.removeAttribute("aria-current");
  cited = links[place];
  cited.setAttribute("aria-current", "true");
  cited.scrollIntoView({ block: "nearest" });
  cited.click();
}

function toWriting() {
  const fields = { search: "#full-text-query", library: "#search-words", chat: "#question textarea" };
  for (const [name, selector] of Object.entries(fields)) {
    const input = document.querySelector(`#${name}-tab ${selector}`);
    if (input?.checkVisibility()) return input.focus();
  }
  tab("chat");
  whenThere(question, (input) => input.focus());
}

function beginAnew() {
  tab("chat");
  whenThere(() => document.querySelector("#conversations .conv-new"), (button) => button.click());
}

const SINGLE = {
  "/": toWriting,
  "?": showSheet,
  n: beginAnew,
  j: () => toCitation(1),
  k: () => toCitation(-1),
};

// What these do is known to the reader, as long as it is open and nothing is in front of it.
const IN_READER = {
  m: "mark",
  a: "note",
};

function inReader(event) {
  const open = [...document.querySelectorAll("dialog[open]")];
  const act = IN_READER[event.key];
  if (!act || open.length !== 1 || open[0].id !== "reader-dialog") return false;
  document.dispatchEvent(new CustomEvent("sourcier:note-key", { detail: act }));
  return true;
}

// Whoever writes, chooses in a list or is in something that has keys of its own means those keys.
function means(target) {
  return !target.closest?.(
    'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]:not([contenteditable=false]), [role=application], [role=slider], [role=listbox], [role=menu]',
  );
}

document.addEventListener("keydown", (event) => {
  if (!element.isConnected || event.isComposing || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    go();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.repeat) return;
  if (!singleKeys() || !means(event.target)) return;
  if (inReader(event)) {
    event.preventDefault();
    return;
  }
  const act = SINGLE[event.key];
  if (!act || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});

element.addEventListener("input", (event) => {
  if (event.target === field()) looking = look();
});

element.addEventListener("change", (event) => {
  if (event.target.name !== "single-keys") return;
  try {
    if (event.target.checked) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch { /* private browsing may refuse: they stay as they are */ }
});

element.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };
  if (steps[event.key]) point(active + steps[event.key]);
  else if (event.key === "Enter") looking.then(() => palette().open && shown[active] && open(shown[active]));
  else return;
  event.preventDefault();
});

element.addEventListener("click", (event) => {
  if (event.target.closest(".shortcuts-open")) go();
  if (event.target.closest(".sheet-close")) sheet().close();
  if (event.target === palette()) palette().close(); // beside its content is its backdrop
  if (event.target === sheet()) sheet().close();
  const item = event.target.closest(".go-option");
  if (item) open(shown[item.dataset.place]);
});
