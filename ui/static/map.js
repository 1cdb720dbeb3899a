// Runs when the map is made. Draws the points that the server gives as numbers, and tells it which one is
// looked at; their titles come from there, as markup that the server has made. Asks for the map while it is
// in sight: often while it is being computed, and now and then to learn of a change.
const STRIDE = 5; // x, y, kind of outlet, kind of day, cluster
const MARGIN = 16;
const REACH = 14; // pixels from a point that still mean it
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

const count = () => points.length / STRIDE;
const canvas = () => element.querySelector("canvas");
const radius = () => (count() > 5000 ? 2.5 : count() > 800 ? 3.5 : 5.5);

function place(point) {
  const { clientWidth: width, clientHeight: height } = canvas();
  const across = (points[point * STRIDE] / 65535) * (width - 2 * MARGIN) + MARGIN;
  const down = (points[point * STRIDE + 1] / 65535) * (height - 2 * MARGIN) + MARGIN;
  return [across, down];
}

// --- drawing ---

function draw() {
  const board = canvas();
  if (!board || !board.clientWidth) return;
  const scale = devicePixelRatio || 1;
  board.width = board.clientWidth * scale;
  board.height = board.clientHeight * scale;
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
    const middle = middleOf(number);
    if (!words || !middle) return;
    const half = pen.measureText(words).width / 2 + 4;
    const x = Math.min(canvas().clientWidth - half, Math.max(half, middle[0]));
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
    if (points[point * STRIDE + 4] === number) members.push(place(point));
  }
  if (!members.length) return null;
  const median = (side) => members.map((one) => one[side]).sort((a, b) => a - b)[members.length >> 1];
  return [median(0), median(1)];
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
  if (event.target !== canvas() || event.pointerType === "touch") return;
  const point = under(event);
  canvas().style.cursor = point < 0 ? "default" : "pointer";
  choose(point);
});

element.addEventListener("click", (event) => {
  if (event.target !== canvas()) return;
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

element.addEventListener("keydown", (event) => {
  if (event.target !== canvas() || !count()) return;
  if (event.key === "Enter" && chosen >= 0) open();
  else if (event.key in WAYS) choose(chosen < 0 ? 0 : beside(chosen, WAYS[event.key]));
  else if (event.key === "Home") choose(0);
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
  show();
});

frame.addEventListener("cluster", (event) => {
  cluster = event.detail;
  draw();
});

function show() {
  for (const choice of element.querySelectorAll("input[name=map-kinds]")) choice.checked = choice.value === by;
  for (const legend of element.querySelectorAll("[data-legend]")) legend.hidden = legend.dataset.legend !== by;
  draw();
}

function read() {
  const plane = element.querySelector(".plane");
  const bytes = Uint8Array.from(atob(plane?.dataset.points || ""), (letter) => letter.charCodeAt(0));
  points = new Uint16Array(bytes.buffer);
  labels = JSON.parse(plane?.dataset.labels || "[]");
  shapes = JSON.parse(plane?.dataset.shapes || "[]").map((path) => new Path2D(path));
  chosen = cluster = -1;
  if (plane) sized.observe(plane);
  show();
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
