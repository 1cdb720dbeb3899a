// Runs when the list of dossiers of the overview is made. Tells the server which one is to be shown alone.
let chosen = false;

element.addEventListener("change", (event) => {
  chosen = true;
  trigger("click", { dossier: event.target.value });
});

watch("value", () => {
  if (chosen && document.activeElement === document.body) element.querySelector("select")?.focus();
  chosen = false;
});
