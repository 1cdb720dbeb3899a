// Runs when the map is made. Draws the points that the server gives as numbers, and tells it which one is
// looked at; their titles come from there, as markup that the server has made. Asks for the map while it is
// in sight: often while it is being computed, and now and then to learn of a change.
const STRIDE = 5; // x, y, kind of outlet, kind of day, cluster
const MARGIN = 16;
const REACH = 14; // pixels from a point that still mean it
const DEEPEST = 40; // times as large as the whole
const STEP = 1.6; // of a button or a key
const GLIDE = 180; // milliseconds from one view to the next
const DRAGGED = 5; // pixels that make a press a drag
const still = matchMedia("(prefers-reduced-motion: reduce)");
const card = document.getElementById("corpus-card");
const frame = document.getElementById("corpus-map");
let points = new Uint16Array();
let labels = [];
let shapes = [];
let by = "outlet";
let chosen = -1; // the point that the card is of
let cluster = -1; // the one that stands out
let opening = false;
let asking = 0;
let middles = []; // of each cluster, as numbers of the points
let [width, height] = [0, 0];
// What is seen: so many times as large as the whole, from where on (in shares of the whole).
let view = { zoom: 1, left: 0, top: 0 };

const count = () => points.length / STRIDE;
const canvas = () => element.querySelector("canvas");
const radius = () => (count() > 5000 ? 2.5 : count() > 800 ? 3.5 : 5.5);

function onScreen(across, down) {
  const x = (across / 65535) * (width - 2 * MARGIN) + MARGIN;
  const y = (down / 65535) * (height - 2 * MARGIN) + MARGIN;
  return [(x - view.left * width) * view.zoom, (y - view.top * height) * view.zoom];
}

const place = (point) => onScreen(points[point * STRIDE], points[point * STRIDE + 1]);
const isSeen = ([x, y], beyond = 0) =>
  x >= -beyond && y >= -beyond && x <= width + beyond && y <= height + beyond;

// --- drawing ---

function draw() {
  const board = canvas();
  if (!board || !board.clientWidth) return;
  const scale = devicePixelRatio || 1;
  [width, height] = [board.clientWidth, board.clientHeight];
  board.width = width * scale;
  board.height = height * scale;
  const pen = board.getContext("2d");
  pen.scale(scale, scale);
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const size = radius();
  shapes.forEach((path, kind) => {
    pen.fillStyle = colour(`--kind-${kind}`);
    for (let point = 0; point < count(); point++) {
      if (kindOf(point) !== kind) continue;
      const [x, y] = place(point);
      if (!isSeen([x, y], size)) continue;
      pen.save();
      pen.globalAlpha = cluster < 0 || points[point * STRIDE + 4] === cluster ? 0.9 : 0.18;
      pen.translate(x - size, y - size);
      pen.scale(size / 8, size / 8);
      pen.fill(path, "evenodd");
      pen.restore();
    }
  });
  name(pen, colour("--ink"), colour("--card"));
  if (chosen >= 0 && chosen < count()) ring(pen, colour("--ink"));
}

const kindOf = (point) => points[point * STRIDE + (by === "outlet" ? 2 : 3)];

function ring(pen, ink) {
  const [x, y] = place(chosen);
  pen.strokeStyle = ink;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.arc(x, y, radius() + 5, 0, 2 * Math.PI);
  pen.stroke();
}

// Each cluster's words in its middle, unless they would lie over those of a larger one.
function name(pen, ink, paper) {
  const taken = [];
  pen.font = "600 12px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  labels.forEach((words, number) => {
    const middle = middles[number] && onScreen(...middles[number]);
    if (!words || !middle || !isSeen(middle)) return;
    const half = pen.measureText(words).width / 2 + 4;
    const x = Math.min(width - half, Math.max(half, middle[0]));
    const y = Math.max(10, middle[1] - radius() - 10); // above the point in the middle, not on it
    if (taken.some(([a, b, c]) => Math.abs(a - x) < half + c && Math.abs(b - y) < 18)) return;
    taken.push([x, y, half]);
    pen.lineWidth = 4;
    pen.strokeStyle = paper;
    pen.strokeText(words, x, y);
    pen.fillStyle = ink;
    pen.fillText(words, x, y);
  });
}

function middleOf(number) {
  const members = [];
  for (let point = 0; point < count(); point++) {
    if (points[point * STRIDE + 4] === number) members.push(point * STRIDE);
  }
  if (!members.length) return null;
  const median = (side) => members.map((at) => points[at + side]).sort((a, b) => a - b)[members.length >> 1];
  return [median(0), median(1)];
}

// --- what is seen of it ---

const between = (least, value, most) => Math.min(most, Math.max(least, value));

// The view with its edges inside the map.
function bounded({ zoom, left, top }) {
  const within = between(1, zoom, DEEPEST);
  const most = 1 - 1 / within;
  return { zoom: within, left: between(0, left, most), top: between(0, top, most) };
}

// So many times larger, what is at x, y staying where it is.
function larger(factor, x = width / 2, y = height / 2) {
  const zoom = between(1, view.zoom * factor, DEEPEST);
  const stays = (start, share) => start + share / view.zoom - share / zoom;
  return { zoom, left: stays(view.left, x / width), top: stays(view.top, y / height) };
}

const moved = (right, down) => ({
  ...view,
  left: view.left + right / width / view.zoom,
  top: view.top + down / height / view.zoom,
});

let frameAsked = 0;
let gliding = 0;

function show(wanted) {
  view = bounded(wanted);
  frameAsked ||= requestAnimationFrame(() => {
    frameAsked = 0;
    draw();
  });
  tell();
}

// There at once for who wants nothing to move.
function glide(wanted) {
  cancelAnimationFrame(gliding);
  if (still.matches) return show(wanted);
  const [from, to, begun] = [view, bounded(wanted), performance.now()];
  const mixed = (share, name) => from[name] + (to[name] - from[name]) * share;
  const step = (now) => {
    const share = between(0, (now - begun) / GLIDE, 1);
    const zoom = from.zoom * (to.zoom / from.zoom) ** share;
    // The edges follow the zoom, or the middle would sway.
    const done = to.zoom === from.zoom ? share : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
    show(share < 1 ? { zoom, left: mixed(done, "left"), top: mixed(done, "top") } : to);
    if (share < 1) gliding = requestAnimationFrame(step);
  };
  gliding = requestAnimationFrame(step);
}

function tell() {
  const plane = element.querySelector(".plane");
  if (!plane) return;
  const whole = view.zoom === 1;
  plane.classList.toggle("zoomed", !whole);
  plane.dataset.view = [view.zoom, view.left, view.top].map((one) => one.toFixed(6)).join(" ");
  const off = { in: view.zoom === DEEPEST, out: whole, whole };
  for (const button of plane.querySelectorAll("[data-zoom]")) {
    button.setAttribute("aria-disabled", off[button.dataset.zoom]); // not disabled: it would lose the focus
  }
  const level = Number(view.zoom.toFixed(1)).toLocaleString(document.documentElement.lang);
  const told = plane.querySelector("output");
  if (told.textContent !== `×${level}`) told.textContent = `×${level}`;
}

const ZOOMS = {
  in: () => larger(STEP),
  out: () => larger(1 / STEP),
  whole: () => ({ zoom: 1, left: 0, top: 0 }),
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (button) glide(ZOOMS[button.dataset.zoom]());
});

// Only of a map that was pressed, or with Ctrl: else a page that is scrolled would be caught by it.
element.addEventListener(
  "wheel",
  (event) => {
    if (event.target !== canvas()) return;
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas()) return;
    if (view.zoom === 1 && event.deltaY > 0 && !event.ctrlKey) return; // whole: the page scrolls on
    event.preventDefault();
    cancelAnimationFrame(gliding);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 16;
    const pace = event.ctrlKey ? 0.01 : 0.002; // two fingers on a touchpad send small steps
    show(larger(Math.exp(-between(-300, event.deltaY * lines, 300) * pace), event.offsetX, event.offsetY));
  },
  { passive: false },
);

// --- dragging and pinching ---

const fingers = new Map(); // pointer → where it is
let dragged = 0; // pixels since it went down

const middleOfFingers = () => {
  const [one, other = one] = [...fingers.values()];
  return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2, Math.hypot(one[0] - other[0], one[1] - other[1])];
};

element.addEventListener("pointerdown", (event) => {
  if (event.target !== canvas() || event.button) return;
  if (!fingers.size) dragged = 0;
  fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
});

function drag(event) {
  const [x, y, apart] = middleOfFingers();
  fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
  const [toX, toY, toApart] = middleOfFingers();
  dragged += Math.hypot(toX - x, toY - y) + Math.abs(toApart - apart);
  if (dragged < DRAGGED) return;
  canvas().setPointerCapture(event.pointerId);
  canvas().style.cursor = "grabbing";
  cancelAnimationFrame(gliding);
  view = bounded(moved(x - toX, y - toY));
  show(apart && toApart ? larger(toApart / apart, toX, toY) : view);
}

for (const end of ["pointerup", "pointercancel"]) {
  element.addEventListener(end, (event) => fingers.delete(event.pointerId));
}

// --- one point ---

function nearest(x, y, reach) {
  let best = -1;
  let least = reach;
  for (let point = 0; point < count(); point++) {
    const [a, b] = place(point);
    const far = Math.hypot(a - x, b - y);
    if (far < least) [best, least] = [point, far];
  }
  return best;
}

function choose(point) {
  if (point < 0 || point === chosen) return;
  chosen = point;
  draw();
  clearTimeout(asking);
  asking = setTimeout(() => trigger("select", { point }), 80);
}

function open() {
  const link = card.querySelector(`[data-point="${chosen}"] a.open-article`);
  opening = !link;
  if (link) link.click();
}

new MutationObserver(() => {
  if (opening) open();
}).observe(card, { childList: true, subtree: true });

function under(event) {
  const box = canvas().getBoundingClientRect();
  return nearest(event.clientX - box.left, event.clientY - box.top, REACH);
}

element.addEventListener("pointermove", (event) => {
  if (event.target !== canvas()) return;
  if (!event.buttons) fingers.delete(event.pointerId); // it was let go elsewhere
  if (fingers.has(event.pointerId)) return drag(event);
  if (event.pointerType === "touch") return;
  const point = under(event);
  canvas().style.cursor = point < 0 ? "default" : "pointer";
  choose(point);
});

element.addEventListener("click", (event) => {
  if (event.target !== canvas() || dragged >= DRAGGED) return;
  const point = under(event);
  if (point < 0) return;
  choose(point);
  // A finger has not hovered: it reads first, and opens by the card's link.
  if (event.pointerType !== "touch") open();
});

const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// The nearest point in a direction, what lies sideways counting twice.
function beside(point, [right, down]) {
  const [x, y] = place(point);
  let best = -1;
  let least = Infinity;
  for (let other = 0; other < count(); other++) {
    const [a, b] = place(other);
    const along = (a - x) * right + (b - y) * down;
    const across = Math.abs((a - x) * down) + Math.abs((b - y) * right);
    if (other === point || along < across / 4 || along <= 0) continue;
    const far = along + 2 * across;
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

const KEYS = { "+": "in", "=": "in", "-": "out", 0: "whole" };

// Choose a point, and bring it into sight.
function reveal(point) {
  choose(point);
  if (chosen < 0) return;
  const [x, y] = place(chosen);
  if (!isSeen([x, y], -2 * MARGIN) && view.zoom > 1) glide(moved(x - width / 2, y - height / 2));
}

element.addEventListener("keydown", (event) => {
  if (event.target !== canvas() || !count()) return;
  const way = WAYS[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return; // the browser's own
  if (event.key === "Enter" && chosen >= 0) open();
  else if (way && event.shiftKey) glide(moved((way[0] * width) / 4, (way[1] * height) / 4));
  else if (way) reveal(chosen < 0 ? 0 : beside(chosen, way));
  else if (event.key === "Home") reveal(0);
  else if (event.key in KEYS) glide(ZOOMS[KEYS[event.key]]());
  else return;
  event.preventDefault();
});

element.addEventListener("focusin", (event) => {
  if (event.target === canvas() && chosen < 0) choose(0);
});

// --- what is shown ---

element.addEventListener("change", (event) => {
  if (event.target.name !== "map-kinds") return;
  by = event.target.value;
  present();
});

frame.addEventListener("cluster", (event) => {
  cluster = event.detail;
  draw();
});

function present() {
  for (const choice of element.querySelectorAll("input[name=map-kinds]")) choice.checked = choice.value === by;
  for (const legend of element.querySelectorAll("[data-legend]")) legend.hidden = legend.dataset.legend !== by;
  draw();
  tell();
}

function read() {
  const plane = element.querySelector(".plane");
  const bytes = Uint8Array.from(atob(plane?.dataset.points || ""), (letter) => letter.charCodeAt(0));
  points = new Uint16Array(bytes.buffer);
  labels = JSON.parse(plane?.dataset.labels || "[]");
  shapes = JSON.parse(plane?.dataset.shapes || "[]").map((path) => new Path2D(path));
  chosen = cluster = -1;
  middles = labels.map((_, number) => middleOf(number));
  if (plane) sized.observe(plane);
  present();
  if (element.querySelector(".wanted")) look();
}

const sized = new ResizeObserver(() => draw());
new MutationObserver(() => draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });

const inSight = () => element.isConnected && element.offsetParent !== null && !document.hidden;

function look() {
  trigger("click", { kind: "look" });
}

let pause = 0;
setInterval(() => {
  if (!inSight()) return;
  pause += 1;
  const often = element.querySelector("[data-making]");
  if (pause < (often ? 2 : 10)) return;
  pause = 0;
  look();
}, 1000);

watch("value", read);
read();
