// Runs when the part is made that follows things. Any button data-follow on the page says in it what is followed; it
// shows whether that is so by now. What was done is said in a corner, and taken back there. Never makes markup.
const SHOWN = 12_000; // milliseconds
let requests = 0;
let followed = new Set();
let hiding = 0;
let quiet = true; // nothing was pressed yet

const box = document.createElement("div");
box.id = "follow-told";
box.setAttribute("role", "status");
element.before(box);
box.append(element);

function tell(said) {
  quiet = false;
  trigger("click", { n: ++requests, ...said });
}

const said = (button) => JSON.parse(button.dataset.follow);

function mark(button) {
  const { key, followWord, followedWord } = button.dataset;
  const words = followed.has(key) ? followedWord : followWord;
  if (button.textContent !== words) button.textContent = words;
  button.classList.toggle("followed", followed.has(key));
}

const markAll = () => document.querySelectorAll("button[data-follow]").forEach(mark);
let due = 0;
new MutationObserver(() => {
  if (!due) due = requestAnimationFrame(() => ((due = 0), markAll()));
}).observe(document.body, { childList: true, subtree: true });

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-follow]");
  if (button) tell({ act: followed.has(button.dataset.key) ? "leave" : "follow", what: said(button) });
});
document.addEventListener("sourcier:unfollowed", () => trigger("click", { n: ++requests, act: "look" }));

const toast = () => element.querySelector(".toast");
function hide() {
  clearTimeout(hiding);
  if (toast()) toast().hidden = true;
}
function hideLater() {
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    if (box.matches(":hover") || box.contains(document.activeElement)) hideLater();
    else hide();
  }, SHOWN);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.undo) tell({ act: "undo", query: button.dataset.undo });
  if (button.matches("[data-see]")) {
    for (const open of document.querySelectorAll("dialog[open]")) open.close();
    document.getElementById("news-tab-button")?.click();
  }
  if (button.matches(".close, [data-see]")) hide();
});

function drawn() {
  followed = new Set(toast()?.dataset.keys.split(" "));
  markAll();
  if (quiet || element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  // In front of an open dialog there is only what is in it; the page's own styles are the frame's.
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  (dialog ?? document.querySelector(".gradio-container") ?? document.body).append(box);
  hideLater();
  document.dispatchEvent(new CustomEvent("sourcier:followed"));
}

watch("value", drawn);
drawn();
