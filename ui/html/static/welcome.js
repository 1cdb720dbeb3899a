// Runs when the element that receives who has just begun is made. What is dropped anywhere on the page, chosen or
// written here goes to the library's tab, which takes it in: a dropped file never replaces the page. Never makes markup.
const pending = []; // what the library's tab, which isn't made before it is looked at, has yet to be given
const veil = document.createElement("div");
veil.className = "drop-veil";
veil.hidden = true;
document.body.append(veil);

function hand() {
  if (!document.getElementById("intake-files")) return;
  for (const [name, detail] of pending.splice(0)) document.dispatchEvent(new CustomEvent(name, { detail }));
}

function bring(name, detail) {
  pending.push([name, detail]);
  document.getElementById("library-tab-button")?.click();
  hand();
}

document.addEventListener("sourcier:intake", () => requestAnimationFrame(hand));
document.addEventListener("sourcier:add", (event) => bring("sourcier:address", event.detail));

// --- what is dropped ---

const has = (event, type) => event.dataTransfer?.types.includes(type);
// A link or a picture that is dragged within the page is none of the reader's files.
let within = false;
document.addEventListener("dragstart", () => { within = true; });
document.addEventListener("dragend", () => { within = false; });

const writing = (target) => target.closest?.("input, textarea, [contenteditable]");

function takes(event) {
  if (within) return false;
  return has(event, "Files") || (has(event, "text/uri-list") && !writing(event.target));
}

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!takes(event)) return;
    event.preventDefault();
    veil.textContent = element.querySelector(".welcome").dataset.drop;
    veil.hidden = false;
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) veil.hidden = true;
});
document.addEventListener("drop", (event) => {
  veil.hidden = true;
  if (!takes(event)) return;
  event.preventDefault();
  const transfer = event.dataTransfer;
  if (!has(event, "Files")) {
    const [address] = transfer.getData("text/uri-list").split(/\r?\n/).filter((line) => line && !line.startsWith("#"));
    if (address) bring("sourcier:address", address);
    return;
  }
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  bring("sourcier:files", { entries, files: entries.length ? [] : [...transfer.files] });
});

// --- what is chosen and written here ---

element.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  bring("sourcier:files", { entries: [], files: [...event.target.files] });
  event.target.value = "";
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  bring("sourcier:address", event.target.querySelector("input").value);
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  button.disabled = true;
  trigger("click", { act: button.dataset.act });
});

for (const news of ["sourcier:library", "sourcier:removed"]) {
  document.addEventListener(news, (event) => event.detail !== "examples" && trigger("click", {}));
}

let told = null;
watch("value", () => {
  const removed = element.querySelector(".welcome")?.dataset.removed;
  if (removed && removed !== told) document.dispatchEvent(new CustomEvent("sourcier:removed", { detail: "examples" }));
  told = removed ?? null;
});
