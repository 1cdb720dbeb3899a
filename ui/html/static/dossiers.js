// Runs when the list of dossiers is made. Tells the server what was pressed, and the rest of the page which
// dossier is open. Never makes markup.
let requests = 0;
let opened = ""; // the dossier whose articles the table shows
let wanted = null; // what the keyboard goes to when it is drawn again
let written = null; // what was sent last: it stands there again if it can't be used
let news = false; // whether others must learn of what is drawn next

function tell(said, told = true) {
  news ||= told;
  trigger("click", { n: ++requests, ...said });
}

const isTyped = (box) => box.value !== box.defaultValue;

// What somebody is writing isn't drawn away.
function look() {
  if (![...element.querySelectorAll("input, textarea")].some(isTyped)) tell({ act: "look" }, false);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { open, act, sure, unrule } = button.dataset;
  if (open !== undefined) {
    wanted = open ? "#dossier-name" : `[data-open="${opened}"]`;
    tell({ act: "open", dossier: open === opened ? "" : open });
  } else if (unrule) {
    wanted = "#dossier-name";
    tell({ act: "unrule", number: Number(unrule) });
  } else if (act && sure && !button.dataset.asked) {
    // What can't be undone is asked once more, in the same place.
    button.dataset.asked = button.textContent;
    button.textContent = sure;
  } else if (act) {
    wanted = act === "delete" ? "#dossier-create" : "#dossier-name";
    tell({ act });
  }
});

element.addEventListener("focusout", (event) => {
  const button = event.target.closest("button[data-asked]");
  if (!button) return;
  button.textContent = button.dataset.asked;
  delete button.dataset.asked;
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { act } = event.target.dataset;
  written = { act, words: event.target.querySelector("input, textarea").value };
  wanted = "#dossier-name";
  tell(written);
});

function drawn() {
  if (element.querySelector(".loading")) {
    look();
    return;
  }
  if (element.querySelector("i[data-n]")?.dataset.n !== String(requests)) return;
  const now = element.querySelector(".dossier-panel").dataset.opened;
  const failed = element.querySelector(".dossier-panel > .error").textContent;
  if (now !== opened || news) {
    opened = now;
    document.dispatchEvent(new CustomEvent("sourcier:dossier", { detail: opened }));
    if (news) document.dispatchEvent(new CustomEvent("sourcier:dossiers"));
  }
  news = false;
  if (failed && written) {
    const box = element.querySelector(`form[data-act=${written.act}]`)?.querySelector("input, textarea");
    const folded = box?.closest("details");
    if (folded) folded.open = true;
    if (box) box.value = written.words;
    box?.focus();
  } else if (wanted) element.querySelector(wanted)?.focus();
  wanted = written = null;
}

for (const changed of ["sourcier:library", "sourcier:removed", "sourcier:put-in-dossier", "sourcier:taken-out"]) {
  document.addEventListener(changed, look);
}
// Others may have changed the library: looked at again when the tab is.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#library-tab-button")) look();
});

watch("value", drawn);
drawn();
