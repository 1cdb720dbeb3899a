// Runs when the status is made. Asks for it when it is first seen, and again whenever it comes into sight:
// the library may have changed meanwhile. Never makes markup.
let requests = 0;
let visible = false;

function ask(said = {}) {
  trigger("click", { n: ++requests, ...said });
}

function drawn() {
  if (element.querySelector(".loading")) ask();
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.act === "check") ask({ act: "check" });
  if (button.dataset.page) ask({ page: Number(button.dataset.page) });
  if (button.dataset.forget) ask({ act: "forget", source: button.dataset.forget });
});

new IntersectionObserver((entries) => {
  const now = entries.some((entry) => entry.isIntersecting);
  if (now && !visible && !element.querySelector(".loading")) ask();
  visible = now;
}).observe(element);

watch("value", drawn);
drawn();
