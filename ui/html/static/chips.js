// Runs when the chips above the question are made. Tells the server which filter is taken away, and keeps the
// keyboard where it was: on the next chip, or in the question box once there is none.
let place = null;

element.addEventListener("click", (event) => {
  const button = event.target.closest("button.unfilter");
  if (!button) return;
  place = [...element.querySelectorAll("button.unfilter")].indexOf(button);
  trigger("click", { kind: button.dataset.kind, value: button.dataset.value });
});

watch("value", () => {
  if (place === null) return;
  const left = element.querySelectorAll("button.unfilter");
  const next = left[Math.min(place, left.length - 1)] || document.querySelector("#question textarea");
  if (document.activeElement === document.body) next.focus();
  place = null;
});
