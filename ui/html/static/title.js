// Runs when the header is made. It counts the articles: anew when this page has brought some in or removed some. At the
// tab of news it says how many changes weren't seen: queries are asked again a while after articles came, or elsewhere.
const OFTEN = [3_000, 10_000, 25_000, 60_000]; // milliseconds after articles came
const SELDOM = 60_000;
const look = () => document.hidden || trigger("click", {});

for (const news of ["sourcier:library", "sourcier:removed"]) {
  document.addEventListener(news, () => {
    trigger("click", {});
    for (const wait of OFTEN) setTimeout(look, wait);
  });
}

let told = null;
function count() {
  const header = element.querySelector("header");
  const button = document.getElementById("news-tab-button");
  if (!header || !button) return;
  const { unseen, unseenTold } = header.dataset;
  if (unseen === "0") {
    delete button.dataset.unseen;
    button.removeAttribute("aria-description");
  } else {
    button.dataset.unseen = Number(unseen) > 99 ? "99+" : unseen;
    button.setAttribute("aria-description", unseenTold);
  }
  if (told !== null && told !== unseen && unseen !== "0") document.dispatchEvent(new CustomEvent("sourcier:unseen"));
  told = unseen;
}

setInterval(look, SELDOM);
document.addEventListener("sourcier:seen", look);
document.addEventListener("visibilitychange", look);
watch("value", count);
const laid = setInterval(() => {
  if (!document.getElementById("news-tab-button")) return;
  clearInterval(laid);
  count();
}, 200);
