// Runs when the last exchange's element is made. Keeps the newest words in sight while they arrive, unless
// the reader has scrolled away from them; copies answers; and tells the server which button was pressed.
const scroller = document.getElementById("conversation");
let turn = null;
let following = true;

scroller.addEventListener("scroll", () => {
  following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
});

function follow() {
  const exchange = element.querySelector(".exchange");
  const scrolls = scroller.scrollHeight > scroller.clientHeight + 1;
  const fresh = exchange && exchange.id !== turn;
  turn = exchange ? exchange.id : null;
  if (fresh) following = true;
  if (scrolls && following) scroller.scrollTop = scroller.scrollHeight;
  // On a narrow screen the page scrolls, not the conversation: bring a new question to the top once.
  if (fresh && !scrolls) exchange.scrollIntoView({ block: "start" });
}

watch("value", follow);

function inOldWays(words) {
  const box = document.createElement("textarea");
  box.value = words;
  box.style.position = "fixed";
  box.style.opacity = "0";
  const focused = document.activeElement;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

// Browsers have no clipboard for pages that come without https from another machine.
async function copied(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return inOldWays(words);
  }
}

async function copy(button) {
  const done = await copied(button.dataset.copy);
  const told = button.parentElement.querySelector(".copied");
  told.textContent = done ? button.dataset.copied : button.dataset.failed;
  setTimeout(() => (told.textContent = ""), 4000);
}

function explained(button) {
  const form = button.closest(".rating");
  const reasons = [...form.querySelectorAll("input:checked")].map((box) => box.value);
  return { reasons, comment: form.querySelector("textarea").value };
}

function said(button) {
  const { verb, verdict, question } = button.dataset;
  const about = { verb: verb || (button.dataset.without === "filters" ? "unfiltered" : "all_dates"), turn: Number(button.dataset.turn) };
  if (verb === "rate") return { ...about, verdict };
  if (verb === "explain") return { ...about, ...explained(button) };
  if (verb === "ask") return { verb, question };
  return about;
}

// A question that another part of the page offers.
document.addEventListener("sourcier:ask", (event) => trigger("click", { verb: "ask", question: event.detail }));

// A question that is followed: asked in a conversation of its own, with what it is narrowed to.
document.addEventListener("sourcier:standing", (event) => trigger("click", { verb: "standing", standing: event.detail }));

scroller.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy, button.unperiod, button[data-verb]");
  if (!button) return;
  if (button.matches(".copy")) {
    copy(button);
    return;
  }
  trigger("click", said(button));
  // These buttons go away: whoever pressed one is left where the next question is written.
  if (["edit", "keep", "ask"].includes(button.dataset.verb)) {
    document.querySelector("#question textarea")?.focus({ preventScroll: true });
  }
});
