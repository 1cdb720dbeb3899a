// Runs when the list of outlets is made: asks for it when it is opened, and for what is to be merged or
// separated. Never makes markup.
let requests = 0;
let known = ""; // what was last said to have changed, so that it is told once

const details = () => element.querySelector("details.outlets");
const ask = (said) => trigger("click", { ...said, n: ++requests });

// `toggle` doesn't bubble.
element.addEventListener(
  "toggle",
  (event) => {
    if (event.target === details() && details().open && !element.querySelector("ul, .what, [role]")) ask({});
  },
  true,
);

element.addEventListener("click", (event) => {
  const { merge, into, unmerge } = event.target.closest("button")?.dataset || {};
  if (!merge && !unmerge) return;
  for (const button of element.querySelectorAll("button")) button.disabled = true;
  ask({ merge, into, unmerge });
});
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { alias, outlet } = event.target.elements;
  if (!alias.value) {
    alias.focus();
    return;
  }
  for (const button of element.querySelectorAll("button")) button.disabled = true;
  ask({ merge: alias.value, into: outlet.value });
});

document.addEventListener("sourcier:edited", () => {
  if (details()?.open) ask({});
});

watch("value", () => {
  const mark = element.querySelector("i[data-n]");
  if (mark?.dataset.n !== String(requests)) return;
  for (const button of element.querySelectorAll("button")) button.disabled = false;
  if (mark.dataset.became && mark.dataset.n !== known) {
    known = mark.dataset.n;
    element.querySelector("summary").focus();
    document.dispatchEvent(new CustomEvent("sourcier:refiled"));
  }
});
