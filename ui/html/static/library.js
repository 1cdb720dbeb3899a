// Runs when the table of articles is made. Tells the server what of it is wanted, one request at a time. Remembers which articles are chosen, on every page. Never makes markup.
const WAIT = 200; // milliseconds after the last key
const chosen = new Set();
let requests = 0;
const LOST = 15_000; // milliseconds after which an answer doesn't come any more: something has failed
let pending = 0; // since when, in milliseconds; 0: nothing is asked for
let waiting = []; // what was asked for meanwhile
let timer = null;
let leaving = false; // whether articles are being taken out of the open dossier

function ask(said) {
  if (pending && Date.now() - pending < LOST) {
    // Of several states of the search form only the last one counts.
    waiting = waiting.filter((one) => !(one.fields && said.fields));
    waiting.push(said);
    return;
  }
  pending = Date.now();
  trigger("click", { n: ++requests, ...said });
}

function fields() {
  const form = document.querySelector("#library-search form");
  const value = (name) => form.elements[name].value;
  return {
    words: value("words"),
    outlet: value("outlet"),
    language: value("language"),
    from: form.elements.from.dataset.iso,
    to: form.elements.to.dataset.iso,
    undated: form.elements.undated.checked,
    without_outlet: form.elements.without_outlet.checked,
  };
}

// What is no date, or not yet one, narrows nothing.
function narrow() {
  const said = fields();
  if (said.from !== "?" && said.to !== "?") ask({ fields: said });
}

function mark() {
  for (const box of element.querySelectorAll("input.one")) box.checked = chosen.has(box.value);
  const boxes = [...element.querySelectorAll("input.one")];
  const every = element.querySelector("input.every");
  if (every) every.checked = boxes.length > 0 && boxes.every((box) => box.checked);
  for (const button of element.querySelectorAll("button[data-act]")) {
    button.disabled = chosen.size === 0;
    button.querySelector(".count").textContent = String(chosen.size);
  }
  for (const one of element.querySelectorAll("button[data-export]")) one.disabled = chosen.size === 0;
}

// What had the focus has it again when the table is drawn anew, unless somebody has gone elsewhere meanwhile.
let held = null;
element.addEventListener("focusin", (event) => (held = event.target));
element.addEventListener("focusout", (event) => {
  if (event.target.isConnected && event.relatedTarget) held = null;
});

function holdOn() {
  if (!held || held.isConnected || document.activeElement !== document.body) return;
  const { tagName, className, value, dataset } = held;
  const told = JSON.stringify(dataset);
  const same = (one) => one.className === className && one.value === value && JSON.stringify(one.dataset) === told;
  const again = [...element.getElementsByTagName(tagName)].find(same);
  held = again ?? null;
  again?.focus({ preventScroll: true });
}

function drawn() {
  holdOn();
  if (element.querySelector(".loading")) {
    pending = 0;
    ask({ refresh: true });
    return;
  }
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  pending = 0;
  mark();
  if (leaving) {
    leaving = false;
    document.dispatchEvent(new CustomEvent("sourcier:taken-out"));
  }
  if (waiting.length) ask(waiting.shift());
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.sort) ask({ sort: button.dataset.sort });
  if (button.dataset.page) ask({ page: Number(button.dataset.page) });
  const { act, without } = button.dataset;
  const news = { edit: "edit", remove: "remove", dossier: "dossier-add", only: "only" }[act];
  if (news) document.dispatchEvent(new CustomEvent(`sourcier:${news}`, { detail: [...chosen] }));
  if (without) {
    document.querySelector("#library-search form").elements[without].checked = true;
    narrow();
  }
  if (act === "out") {
    leaving = true;
    ask({ out: [...chosen] });
    chosen.clear();
  }
  if (button.dataset.export === "articles") {
    const notes = button.closest(".forms").querySelector(".with-notes").checked;
    const detail = { kind: "articles", format: button.dataset.format, articles: [...chosen], notes };
    document.dispatchEvent(new CustomEvent("sourcier:export", { detail }));
  }
});

element.addEventListener("change", (event) => {
  const boxes = event.target.matches("input.every") ? element.querySelectorAll("input.one") : [event.target];
  for (const box of boxes) {
    if (event.target.checked) chosen.add(box.value);
    else chosen.delete(box.value);
  }
  mark();
});

// The search form is drawn apart, so that typing in it is never disturbed.
document.addEventListener("input", (event) => {
  if (!event.target.closest("#library-search")) return;
  clearTimeout(timer);
  timer = setTimeout(narrow, event.target.name === "words" ? WAIT : 0);
});
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#library-search")) return;
  event.preventDefault();
  clearTimeout(timer);
  narrow();
});
document.addEventListener("reset", (event) => {
  if (event.target.closest("#library-search")) setTimeout(narrow, 0);
});
document.addEventListener("sourcier:library", () => ask({ refresh: true }));
document.addEventListener("sourcier:put-in-dossier", () => ask({ refresh: true }));
document.addEventListener("sourcier:dossier", (event) => {
  chosen.clear();
  ask({ dossier: event.detail });
});
document.addEventListener("sourcier:removed", () => {
  chosen.clear();
  ask({ refresh: true });
});

// What is chosen stays so: more of it may be to correct.
for (const name of ["sourcier:edited", "sourcier:refiled"]) {
  document.addEventListener(name, () => ask({ refresh: true }));
}

watch("value", drawn);
drawn();
