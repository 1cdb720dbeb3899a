// Runs when the timeline is made. One bar has the keyboard; the arrow keys lead to the next in each direction.
const bars = () => [...element.querySelectorAll("button[data-row]")];
const at = (bar) => [Number(bar.dataset.row), Number(bar.dataset.column)];
let pressed = false;

function take(bar) {
  for (const other of bars()) other.tabIndex = other === bar ? 0 : -1;
}

// How far `bar` is in a direction: along it first, sideways counting more. Infinity if it isn't there.
function distance([row, column], bar, [down, right]) {
  const [otherRow, otherColumn] = at(bar);
  const along = (otherRow - row) * down + (otherColumn - column) * right;
  const across = Math.abs((otherRow - row) * right) + Math.abs((otherColumn - column) * down);
  return along > 0 ? along + across * 100 : Infinity;
}

const WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

element.addEventListener("keydown", (event) => {
  const bar = event.target.closest("button[data-row]");
  if (!bar || !(event.key in WAYS)) return;
  event.preventDefault();
  const far = (other) => distance(at(bar), other, WAYS[event.key]);
  const next = bars().reduce((best, other) => (far(other) < far(best) ? other : best), bar);
  take(next);
  next.focus();
});

element.addEventListener("click", (event) => {
  const bar = event.target.closest("button[data-row]");
  if (!bar) return;
  take(bar);
  pressed = true;
  const [row, column] = at(bar);
  trigger("click", { row, column });
});

function begin() {
  const first = bars()[0];
  if (first) take(first);
}

watch("value", begin);
begin();

// The list that a bar opens stands in the element after this one: whoever pressed is led there.
const list = document.getElementById("corpus-bar");
new MutationObserver(() => {
  const heading = list.querySelector("h3");
  if (pressed && heading) {
    pressed = false;
    heading.focus();
  }
}).observe(list, { childList: true, subtree: true });
