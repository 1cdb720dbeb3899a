// Runs when the question before a removal is made: asks it in a dialog, which keeps the focus inside, closes
// on Escape and gives the focus back. Reads data attributes only, never makes markup.
const dialog = document.createElement("dialog");
let requests = 0;

dialog.id = "removal-dialog";
dialog.setAttribute("aria-labelledby", "removal-title");
element.before(dialog);
dialog.append(element);

document.addEventListener("sourcier:remove", (event) => {
  trigger("click", { act: "ask", articles: event.detail, n: ++requests });
});

element.addEventListener("click", (event) => {
  if (event.target.closest("button.close")) dialog.close();
  if (event.target.closest("button.confirm")) {
    const articles = element.querySelector(".removal").dataset.articles.split(" ");
    for (const button of element.querySelectorAll("button")) button.disabled = true;
    trigger("click", { act: "confirm", articles, n: ++requests });
  }
});

watch("value", () => {
  const shown = element.querySelector(".removal");
  for (const button of element.querySelectorAll("button")) button.disabled = false;
  if (!shown) {
    dialog.close();
    return;
  }
  if (!dialog.open) dialog.showModal();
  element.querySelector("button.close").focus();
  if (shown.matches(".done")) document.dispatchEvent(new CustomEvent("sourcier:removed"));
});
