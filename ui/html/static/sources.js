// Runs when the list of followed sources is made. Tells the server what was pressed, hands lists of feeds in and
// out, and has sources read by the part above. Never makes markup.
let requests = 0;
let opened = false; // whether it is unfolded
let wanted = null; // what the keyboard goes to when it is drawn again
let written = null; // what was sent last: it stands there again if it can't be used

const details = () => element.querySelector("details.sources");
const page = () => Number(details()?.dataset.page) || 1;

function tell(said) {
  trigger("click", { page: page(), open: opened, ...said, n: ++requests });
}

function isTyped() {
  return [...element.querySelectorAll("form.add input")].some((box) => box.value);
}

// What somebody is writing isn't drawn away.
function look() {
  if (!isTyped()) tell({ act: "look" });
}

function read(act, place) {
  document.dispatchEvent(new CustomEvent("sourcier:read", { detail: { act, place } }));
}

const entry = (target) => target.closest("li.source");
const placeOf = (target) => entry(target)?.dataset.place;
const inEntry = (place, selector) => {
  const found = [...element.querySelectorAll("li.source")].find((one) => one.dataset.place === place);
  return found?.querySelector(selector);
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { act, sure, page: turned, read: which, exportSources } = button.dataset;
  if (exportSources !== undefined) {
    handOut();
  } else if (which === "all") {
    read("all");
  } else if (which) {
    read("read", placeOf(button));
  } else if (turned) {
    wanted = () => element.querySelector("nav.pager button:not(:disabled)");
    tell({ act: "look", page: Number(turned) });
  } else if (sure && !button.dataset.asked) {
    // What can't be undone is asked once more, in the same place.
    button.dataset.asked = button.textContent;
    button.textContent = sure;
  } else if (act) {
    const place = placeOf(button);
    const other = { pause: "resume", resume: "pause" }[act];
    wanted = () => (other && inEntry(place, `[data-act=${other}]`)) || element.querySelector("summary");
    tell({ act, place });
  }
});

element.addEventListener("focusout", (event) => {
  const button = event.target.closest("button[data-asked]");
  if (!button) return;
  button.textContent = button.dataset.asked;
  delete button.dataset.asked;
});

element.addEventListener("change", (event) => {
  const { target } = event;
  if (target.id === "sources-automatic") {
    wanted = () => element.querySelector("#sources-automatic");
    tell({ act: "automatic", wanted: target.checked });
  } else if (target.matches("select.every")) {
    const place = placeOf(target);
    wanted = () => inEntry(place, "select.every");
    tell({ act: "every", place, every: target.value });
  } else if (target.type === "file") {
    const [file] = target.files;
    target.value = "";
    if (file) takeIn(file);
  }
});

// `toggle` doesn't bubble.
element.addEventListener(
  "toggle",
  (event) => {
    if (event.target === details()) opened = details().open;
  },
  true,
);

element.addEventListener("submit", (event) => {
  event.preventDefault();
  written = {
    place: element.querySelector("#source-place").value,
    name: element.querySelector("#source-name").value,
    every: element.querySelector("#source-every").value,
  };
  wanted = () => element.querySelector("#source-place");
  tell({ act: "add", ...written });
});

// --- lists of feeds ---

function base64(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function takeIn(file) {
  const numbers = crypto.getRandomValues(new Uint8Array(16));
  const token = [...numbers].map((number) => number.toString(16).padStart(2, "0")).join("");
  // One byte more than a list may have: the server says that it is too large.
  const limit = Number(element.querySelector("#opml-file").dataset.limit) + 1;
  const { taken } = await server.take_list({ token, data: await base64(file.slice(0, limit)) });
  if (!taken) return;
  opened = true;
  wanted = () => element.querySelector("summary");
  tell({ act: "imported", token });
}

async function handOut() {
  const { data } = await server.hand_list({ language: details().lang });
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "text/x-opml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "sources.opml";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

document.addEventListener("sourcier:opml", async (event) => {
  for (const file of event.detail) await takeIn(file);
});

// --- events ---

function drawn() {
  if (element.querySelector(".loading")) {
    tell({ act: "look" });
    return;
  }
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  opened = details().open;
  const news = element.querySelector("i[data-added]").dataset;
  const failed = element.querySelector(".sources > .error").textContent;
  if (written) {
    // Fields keep what was typed when they are drawn again: it goes once it has been taken.
    element.querySelector("#source-place").value = failed ? written.place : "";
    element.querySelector("#source-name").value = failed ? written.name : "";
    if (failed) element.querySelector("#source-every").value = written.every;
  }
  wanted?.()?.focus();
  wanted = written = null;
  if (news.added) read("read", news.added);
  else if (news.busy === "true") read("follow");
  document.dispatchEvent(new CustomEvent("sourcier:sources-drawn"));
}

document.addEventListener("sourcier:sources", look);
// Others may have changed them: looked at again when the tab is.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#library-tab-button")) look();
});

watch("value", drawn);
drawn();
