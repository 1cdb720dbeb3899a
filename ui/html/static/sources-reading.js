// Runs when the part is made that says which sources are being read. Asks for readings, follows them, and says so
// to the rest of the page when they are over. Never makes markup.
let requests = 0;
let busyBefore = false;
let following = false;

const busy = () => element.querySelector(".sources-reading")?.dataset.busy === "true";

function tell(said) {
  following = true;
  trigger("click", { ...said, n: ++requests });
}

element.addEventListener("click", (event) => {
  if (event.target.closest("button[data-act=stop]")) tell({ act: "stop" });
});
document.addEventListener("sourcier:read", (event) => {
  const { act, place } = event.detail;
  if (act !== "follow") busyBefore = true; // it may be over before it is seen
  if (act !== "follow" || !following) tell({ act, place });
});

watch("value", () => {
  const now = busy();
  if (busyBefore && !now) {
    document.dispatchEvent(new CustomEvent("sourcier:sources"));
    document.dispatchEvent(new CustomEvent("sourcier:library"));
  }
  busyBefore = now;
  if (!now) following = false;
  else if (!following) tell({ act: "follow" });
});
if (busy()) tell({ act: "follow" });
