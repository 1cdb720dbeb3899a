// Runs when the frame of the list of conversations is made. Buttons of the frame and of the list beside it say
// what is to be done and to which conversation; renaming and deleting ask first. Makes no markup.
const list = () => document.getElementById("conversations-list");
let chosen = null; // the conversation that a dialog is about

function dialog(name) {
  return element.querySelector(`dialog[data-for="${name}"]`);
}

function ask(name, item) {
  chosen = item.dataset.id;
  const shown = dialog(name);
  if (name === "rename") shown.querySelector("input").value = item.dataset.title;
  else shown.querySelector(".conv-named").textContent = item.dataset.title;
  shown.showModal();
}

function closeMenus(except) {
  for (const menu of list()?.querySelectorAll("details[open]") ?? []) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("#conversations [data-do]");
  closeMenus(event.target.closest?.(".conv-menu"));
  if (!target) return;
  const item = target.closest("[data-id]");
  const what = target.dataset.do;
  if (target.closest(".conv-menu")) {
    target.closest(".conv-menu").open = false;
    item.querySelector("summary").focus();
  }
  if (what === "rename" || what === "delete") ask(what, item);
  else trigger("click", { do: what, id: item?.dataset.id ?? "" });
  if (what === "new") document.querySelector("#question textarea")?.focus();
});

// Somebody goes to one that the list may not show.
document.addEventListener("sourcier:conversation", (event) => {
  trigger("click", { do: "open", id: event.detail, format: "" });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = list()?.querySelector("details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

element.addEventListener("click", (event) => {
  if (event.target.closest(".conv-cancel")) event.target.closest("dialog").close();
  const toggle = event.target.closest(".conv-toggle");
  if (toggle) {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(open));
    document.getElementById("conversations").classList.toggle("open", open);
  }
});

element.addEventListener("submit", (event) => {
  const asked = event.target.closest("dialog");
  if (!asked) return;
  event.preventDefault();
  asked.close();
  const what = asked.dataset.for;
  const title = what === "rename" ? asked.querySelector("input").value : "";
  trigger("click", { do: what, id: chosen, title });
});

let typing = null;
element.addEventListener("input", (event) => {
  if (event.target.id !== "conv-words") return;
  clearTimeout(typing);
  const words = event.target.value;
  typing = setTimeout(() => trigger("click", { do: "search", words }), 250);
});

// A tab that is loaded again goes on with its own conversation; `arrival.js` reads what is kept here.
function remember() {
  const shown = list()?.querySelector("[data-shown]")?.dataset.shown;
  if (shown === undefined) return;
  try {
    sessionStorage.setItem("sourcier-conversation", shown);
  } catch { /* a browser that keeps nothing begins anew */ }
}

new MutationObserver(remember).observe(document.getElementById("conversations"), { childList: true, subtree: true });
