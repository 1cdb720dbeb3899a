// Runs when the panel of filters is made. Tells the server what was chosen, and keeps across redrawings what
// the server doesn't know: whether the panel is open, what is searched for, where the keyboard is.
const wide = matchMedia("(min-width: 800px)");
const fold = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const searched = {}; // kind → words in its search box
const whole = new Set(); // kinds whose lists are shown to the end
let open = wide.matches;
let focused = null; // data-key of what has the keyboard
let drag = null; // {anchor}: where a drag over the bars began
let waiting = 0;

const send = (said) => trigger("click", said);

// --- the histogram ---

function histogram() {
  const root = element.querySelector(".histogram");
  if (!root) return null;
  const days = JSON.parse(root.dataset.days);
  return { root, days, labels: JSON.parse(root.dataset.labels), plot: root.querySelector(".plot") };
}

function range(chart) {
  return JSON.parse(chart.root.dataset.range);
}

function paint(chart, first, last) {
  chart.root.dataset.range = JSON.stringify([first, last]);
  [...chart.plot.children].forEach((bar, place) => {
    bar.classList.toggle("in", first <= place && place <= last);
  });
  for (const thumb of chart.root.querySelectorAll(".thumb")) {
    const place = thumb.dataset.end === "first" ? first : last;
    thumb.setAttribute("aria-valuenow", place);
    thumb.setAttribute("aria-valuetext", chart.labels[place]);
  }
  settle(chart);
}

function settle(chart) {
  const [first, last] = range(chart);
  const count = chart.days.length;
  chart.root.style.setProperty("--first", first / count);
  chart.root.style.setProperty("--last", (last + 1) / count);
}

function pick(chart) {
  const [first, last] = range(chart);
  const all = first === 0 && last === chart.days.length - 1;
  const [from, to] = all ? ["", ""] : [chart.days[first][0], chart.days[last][1]];
  send({ kind: "dates", from, to });
}

function placeOf(chart, event) {
  const box = chart.plot.getBoundingClientRect();
  const place = Math.floor(((event.clientX - box.left) / box.width) * chart.days.length);
  return Math.min(chart.days.length - 1, Math.max(0, place));
}

function follow(chart, event) {
  const here = placeOf(chart, event);
  paint(chart, Math.min(drag.anchor, here), Math.max(drag.anchor, here));
}

element.addEventListener("pointerdown", (event) => {
  const chart = histogram();
  if (!chart || event.button !== 0 || !event.target.closest(".plot, .track")) return;
  const thumb = event.target.closest(".thumb");
  const [first, last] = range(chart);
  drag = { anchor: placeOf(chart, event) };
  if (thumb) drag.anchor = thumb.dataset.end === "first" ? last : first;
  else follow(chart, event);
  event.preventDefault();
  if (thumb) thumb.focus();
});

document.addEventListener("pointermove", (event) => {
  const chart = drag && histogram();
  if (chart) follow(chart, event);
});

function drop(event) {
  const chart = drag && histogram();
  if (chart) follow(chart, event);
  drag = null;
  if (chart) pick(chart);
}

document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", () => {
  drag = null;
});

const STEPS = {
  ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -6, PageUp: 6,
  Home: -Infinity, End: Infinity,
};

element.addEventListener("keydown", (event) => {
  const thumb = event.target.closest(".thumb");
  if (event.target.dataset.day && event.key === "Enter") days();
  if (!thumb || !(event.key in STEPS)) return;
  event.preventDefault();
  const chart = histogram();
  const [first, last] = range(chart);
  if (thumb.dataset.end === "first") paint(chart, Math.min(last, Math.max(0, first + STEPS[event.key])), last);
  else paint(chart, first, Math.max(first, Math.min(chart.days.length - 1, last + STEPS[event.key])));
  clearTimeout(waiting);
  waiting = setTimeout(() => pick(histogram()), 300);
});

// --- days, checkboxes, lists ---

function days() {
  clearTimeout(waiting);
  const [from, to] = ["from", "to"].map((end) => element.querySelector(`[data-day=${end}]`).dataset.iso);
  if (from !== "?" && to !== "?") send({ kind: "dates", from, to });
}

element.addEventListener("change", (event) => {
  const { kind, value } = event.target.dataset;
  if (kind) send({ kind, value, on: event.target.checked });
  // From the first day one goes on to the last: both are sent together.
  if (event.target.dataset.day) {
    clearTimeout(waiting);
    waiting = setTimeout(days, 900);
  }
});

function list(kind) {
  const words = fold(searched[kind] || "");
  for (const item of element.querySelectorAll(`[data-list=${kind}] > li`)) {
    const found = words && fold(item.querySelector(".name").textContent).includes(words);
    item.hidden = words ? !found : item.hasAttribute("data-later") && !whole.has(kind);
  }
  const more = element.querySelector(`[data-more=${kind}]`);
  if (more) more.hidden = Boolean(words) || whole.has(kind);
}

element.addEventListener("input", (event) => {
  const kind = event.target.dataset.search;
  if (!kind) return;
  searched[kind] = event.target.value;
  list(kind);
});

element.addEventListener("click", (event) => {
  const kind = event.target.closest("button.more")?.dataset.more;
  if (!kind) return;
  whole.add(kind);
  list(kind);
  element.querySelector(`[data-list=${kind}] > li[data-later] input`)?.focus();
});

// --- what outlives a redrawing ---

document.addEventListener("focusin", (event) => {
  focused = element.contains(event.target) ? event.target.dataset.key || null : null;
});
element.addEventListener("focusout", (event) => {
  const left = event.target;
  // What is redrawn has gone from the page; whoever leaves by a click leaves it there.
  setTimeout(() => {
    if (left.isConnected && document.activeElement === document.body) focused = null;
  });
});
element.addEventListener("toggle", (event) => {
  if (event.target.matches("details.filters")) open = event.target.open;
}, true);
wide.addEventListener("change", () => {
  open = wide.matches;
  restore();
});

function restore() {
  const panel = element.querySelector("details.filters");
  if (!panel) return;
  panel.open = open;
  // Attributes say what is chosen; a box that was clicked no longer follows its own.
  for (const box of element.querySelectorAll("[data-kind]")) box.checked = box.hasAttribute("checked");
  for (const day of element.querySelectorAll("[data-day]")) {
    day.value = day.getAttribute("value") || "";
    day.dataset.iso = day.dataset.stands;
  }
  for (const box of element.querySelectorAll("[data-search]")) {
    box.value = searched[box.dataset.search] || "";
    list(box.dataset.search);
  }
  const chart = histogram();
  if (chart) settle(chart);
  if (focused && document.activeElement === document.body) {
    [...element.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus();
  }
}

watch("value", restore);
restore();
