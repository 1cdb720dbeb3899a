// Runs when the list of clusters is made. A cluster that is pressed is listed, and stands out on the map.
let pressed = false;

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-cluster]");
  if (!button) return;
  const cluster = Number(button.dataset.cluster);
  pressed = true;
  for (const other of element.querySelectorAll("button[data-cluster]")) {
    other.setAttribute("aria-pressed", other === button);
  }
  document.getElementById("corpus-map").dispatchEvent(new CustomEvent("cluster", { detail: cluster }));
  trigger("click", { cluster });
});

const list = document.getElementById("corpus-cluster");
new MutationObserver(() => {
  const heading = list.querySelector("h3");
  if (pressed && heading) {
    pressed = false;
    heading.focus();
  }
}).observe(list, { childList: true, subtree: true });
