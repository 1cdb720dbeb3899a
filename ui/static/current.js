// Runs when the last exchange's element is made. Keeps the newest words in sight while they arrive,
// unless the reader has scrolled away from them; and tells the server of a period that is taken away.
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

element.addEventListener("click", (event) => {
  const button = event.target.closest("button.unperiod");
  if (button) trigger("click", { turn: Number(button.dataset.turn), without: button.dataset.without });
});
