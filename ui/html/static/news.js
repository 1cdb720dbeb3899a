// Runs when the list of what changed is made. Asks for it whenever its tab is opened, and when more is told while it is
// in sight; tells the server what is pressed, and opens what is followed. Never makes markup.
const LOST = 15_000; // milliseconds after which an answer doesn't come any more: something has failed
let requests = 0;
let pending = 0; // since when, in milliseconds; 0: nothing is asked for
const waiting = []; // what is asked for after it
let wanted = null; // what the keyboard goes to when it is drawn again
let asking = null;
let left = false; // whether something is followed no more

const inSight = () => element.isConnected && element.offsetParent !== null && !document.hidden;

// One request at a time: what is shown as new is between the page and the server.
function tell(said) {
  if (said.act === "arrive" || said.act === "look") {
    if (waiting.some((one) => one.act === said.act)) return;
  }
  waiting.push(said);
  if (!pending || Date.now() - pending > LOST) next();
}

function next() {
  pending = 0;
  const said = waiting.shift();
  if (!said) return;
  pending = Date.now();
  trigger("click", { n: ++requests, ...said });
}

const arrive = () => tell({ act: "arrive" });
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#news-tab-button")) arrive();
});
document.addEventListener("sourcier:unseen", () => inSight() && arrive());
document.addEventListener("sourcier:followed", () => inSight() && tell({ act: "look" }));

function toChat(detail) {
  document.getElementById("chat-tab-button")?.click();
  document.dispatchEvent(new CustomEvent("sourcier:standing", { detail }));
}

function toSearch({ search, dossier }) {
  document.getElementById("search-tab-button")?.click();
  document.dispatchEvent(new CustomEvent("sourcier:search", { detail: { query: search, dossier } }));
}

async function copy(button) {
  const told = button.dataset.label ?? button.textContent;
  button.dataset.label = told;
  try {
    await navigator.clipboard.writeText(element.querySelector(".feed a").href);
    button.textContent = button.dataset.done;
  } catch {
    button.textContent = button.dataset.failed;
  }
  setTimeout(() => (button.textContent = told), 4000);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { act, query, sure, standing, search, name } = button.dataset;
  if (standing) toChat(standing);
  if (search) toSearch(button.dataset);
  if (name) document.dispatchEvent(new CustomEvent("sourcier:entity", { detail: name }));
  if (act === "copy-feed") copy(button);
  else if (act && sure && !button.dataset.asked) {
    // What can't be undone is asked once more, in the same place.
    button.dataset.asked = button.textContent;
    button.dataset.called = button.getAttribute("aria-label") ?? "";
    button.removeAttribute("aria-label");
    button.textContent = sure;
  } else if (act) {
    wanted = query && act !== "remove" ? `button.open[data-id="${query}"]` : "#news-title";
    left = act === "remove";
    tell({ act, query });
  }
});

element.addEventListener("focusout", (event) => {
  const button = event.target.closest("button[data-asked]");
  if (!button) return;
  button.textContent = button.dataset.asked;
  if (button.dataset.called) button.setAttribute("aria-label", button.dataset.called);
  delete button.dataset.asked;
  delete button.dataset.called;
});

function drawn() {
  clearTimeout(asking);
  if (element.querySelector(".loading")) {
    if (inSight() && !pending) arrive();
    return;
  }
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  if (wanted) element.querySelector(wanted)?.focus();
  wanted = null;
  document.dispatchEvent(new CustomEvent("sourcier:seen"));
  if (left) document.dispatchEvent(new CustomEvent("sourcier:unfollowed"));
  left = false;
  next();
  if (element.querySelector("[data-asking]")) asking = setTimeout(() => inSight() && tell({ act: "look" }), 1500);
}

watch("value", drawn);
drawn();
