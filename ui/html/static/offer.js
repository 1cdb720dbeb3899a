// Runs when what is offered above the question is made: an address in place of a question is added to the library.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-address]");
  if (!button) return;
  const box = document.querySelector("#question textarea");
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, "");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  element.querySelector(".offer").hidden = true;
  document.dispatchEvent(new CustomEvent("sourcier:add", { detail: button.dataset.address }));
});
