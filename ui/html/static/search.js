// Runs when the list of what was found is made. Tells the server what is searched for, one request at a time; what was asked meanwhile comes after it. Never makes markup.
const LOST = 15_000; // milliseconds after which an answer doesn't come any more: something has failed
let requests = 0;
let pending = 0; // since when, in milliseconds; 0: nothing is asked for
let waiting = null;
let last = null; // what is shown, or asked for

const form = () => document.querySelector("#full-text-form form");
const field = () => form().elements.query;

function ask(said) {
  last = said;
  if (pending && Date.now() - pending < LOST) {
    waiting = said;
    return;
  }
  pending = Date.now();
  element.setAttribute("aria-busy", "true");
  trigger("click", { n: ++requests, ...said });
}

const chosen = () => ({ order: form().elements.order.value, dossier: form().elements.dossier.value });
const search = () => ask({ query: field().value, ...chosen(), offset: 0 });

function drawn() {
  const number = element.querySelector("i[data-n]")?.dataset.n;
  if (number === undefined) {
    // The page speaks another language: the form is a new one, and what was found is found again.
    pending = 0;
    if (!last) return;
    field().value = last.query;
    form().elements.order.value = last.order;
    within(last.dossier);
    ask(last);
    return;
  }
  if (number !== String(requests)) return;
  pending = 0;
  element.removeAttribute("aria-busy");
  const next = waiting;
  waiting = null;
  if (next) ask(next);
}

// A dossier that is gone is chosen no more.
function within(dossier) {
  const list = form().elements.dossier;
  list.value = dossier;
  if (list.selectedIndex < 0) list.value = "";
}

// The list of dossiers is drawn anew; what is typed beside it stays, also what is typed while it is awaited:
// a form that is replaced still knows what was in it.
let shown = null;
let focused = null; // the field that is written in
const replaced = new MutationObserver(() => {
  const before = shown;
  if (!form() || form() === before) return;
  shown = form();
  if (!before) return;
  const kept = before.elements;
  field().value = kept.query.value;
  form().elements.order.value = kept.order.value;
  within(kept.dossier.value);
  if (before.contains(focused) && document.activeElement === document.body) {
    const { id, selectionStart, selectionEnd } = focused;
    document.getElementById(id)?.focus();
    if (id === field().id) field().setSelectionRange(selectionStart, selectionEnd);
  }
  if (last && form().elements.dossier.value !== kept.dossier.value) search();
});

document.addEventListener("focusin", (event) => {
  focused = event.target.closest("#full-text-form") && event.target;
});
document.addEventListener("focusout", (event) => {
  const left = event.target;
  // What is drawn anew has gone from the page; whoever leaves by a click leaves it there.
  setTimeout(() => {
    if (left.isConnected && document.activeElement === document.body) focused = null;
  });
});

function renew() {
  shown = form();
  replaced.observe(document.getElementById("full-text-form"), { childList: true, subtree: true });
  trigger("select", {});
}
document.addEventListener("sourcier:dossiers", renew);
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#search-tab-button")) renew();
});

// The form is drawn apart, so that typing in it is never disturbed.
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#full-text-form")) return;
  event.preventDefault();
  search();
});
document.addEventListener("change", (event) => {
  if (["full-text-order", "full-text-dossier"].includes(event.target.id) && last) search();
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.query) {
    field().value = button.dataset.query;
    search();
    field().focus();
  }
  if (button.dataset.offset) {
    ask({ ...last, offset: Number(button.dataset.offset) });
    document.getElementById("full-text-title")?.scrollIntoView();
  }
});

// What is followed is searched for again.
document.addEventListener("sourcier:search", ({ detail }) => {
  field().value = detail.query;
  within(detail.dossier);
  search();
});

for (const news of ["sourcier:library", "sourcier:removed"]) {
  document.addEventListener(news, () => last && ask(last));
}

watch("value", drawn);
