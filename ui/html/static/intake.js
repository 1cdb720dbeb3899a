// Runs when the part that takes articles in is made. Sends files piece by piece, follows what becomes of
// them, and says so to the rest of the page when the library may have changed. Never makes markup.
const PIECE = 600000; // bytes
const PAUSE = 700; // milliseconds before asking again whether there is room
let generation = 0; // raised by stop: what is being sent for an earlier one is given up
let sending = Promise.resolve();
let following = false;
let busyBefore = false;
let requests = 0;
let asked = null; // the URL that was sent, until it is known to be taken

const pause = (time) => new Promise((go) => setTimeout(go, time));
const section = () => element.querySelector("section.intake");

function act(name, more = {}) {
  trigger("click", { act: name, n: ++requests, ...more });
}

function follow() {
  if (following) return;
  following = true;
  trigger("click", { act: "follow" });
}

function base64(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

let left = 0; // files that are known of and have yet to be announced

async function sendOne({ name, file }, mine) {
  left -= 1;
  let token = null;
  while (mine === generation) {
    token = (await server.begin_upload({ name, size: file.size, left })).token;
    follow();
    if (token !== null) break;
    await pause(PAUSE);
  }
  let start = 0;
  let more = Boolean(token) && file.size <= Number(section().dataset.limit);
  while (more && mine === generation) {
    const data = file.size ? await base64(file.slice(start, start + PIECE)) : "";
    more = (await server.send_piece({ token, data })).more;
    start += PIECE;
    if (start >= file.size) break;
  }
  follow();
}

// A list of feeds holds no articles: what it names is followed.
const isList = ({ name }) => /\.opml$/i.test(name);
const lists = []; // what the list of sources, which may not be drawn yet, has yet to be given

function handLists() {
  if (!lists.length || !document.getElementById("opml-file")) return;
  document.dispatchEvent(new CustomEvent("sourcier:opml", { detail: lists.splice(0) }));
}
document.addEventListener("sourcier:sources-drawn", handLists);

function send(all) {
  lists.push(...all.filter(isList).map(({ file }) => file));
  handLists();
  const files = all.filter((one) => !isList(one));
  const mine = generation;
  left += files.length;
  for (const each of files) {
    sending = sending.then(() => (mine === generation ? sendOne(each, mine) : null)).catch(() => {
      // The server is gone, or the file can't be read any more: the report says that it stopped.
    });
  }
}

// --- folders that are dropped: as on the command line, without hidden files and unknown formats ---

function known(name) {
  const accepted = element.querySelector("#intake-files").accept.split(",");
  return !name.startsWith(".") && accepted.some((ending) => name.toLowerCase().endsWith(ending));
}

async function filesOf(entry, inside) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    const name = entry.fullPath.slice(1);
    return inside && !known(file.name) ? [] : [{ name, file }];
  }
  if (entry.name.startsWith(".")) return [];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesOf(one, true)));
  }
}

// What `welcome.js` was given: entries of folders and files that were dropped, or files that were chosen.
async function brought({ entries, files }) {
  const found = await Promise.all(entries.map((entry) => filesOf(entry, false)));
  const chosen = files.map((file) => ({ name: file.webkitRelativePath || file.name, file }));
  // Of a folder that was chosen, as of one that was dropped: what is hidden or of no known format isn't meant.
  const meant = ({ file }) => !file.webkitRelativePath || (known(file.name) && !/(^|\/)\./.test(file.webkitRelativePath));
  return [...found.flat(), ...chosen.filter(meant)];
}

function add() {
  asked = element.querySelector("#intake-url").value;
  act("url", { url: asked });
}

// --- events ---

element.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  const files = [...event.target.files];
  event.target.value = "";
  brought({ entries: [], files }).then(send);
});
document.addEventListener("sourcier:files", async (event) => send(await brought(event.detail)));
document.addEventListener("sourcier:address", (event) => {
  element.querySelector("#intake-url").value = event.detail;
  add();
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  add();
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  if (button.dataset.act === "stop") {
    generation += 1;
    left = 0;
  }
  act(button.dataset.act);
});

watch("value", () => {
  const busy = section().dataset.busy === "true";
  const input = element.querySelector("#intake-url");
  if (asked !== null && input.value === asked && !element.querySelector("#intake-error").textContent) {
    input.value = "";
  }
  asked = null;
  if (!busy) following = false;
  if (busyBefore && !busy) document.dispatchEvent(new CustomEvent("sourcier:library"));
  busyBefore = busy;
  if (busy) follow();
});

if (section().dataset.busy === "true") follow();
document.dispatchEvent(new CustomEvent("sourcier:intake"));
