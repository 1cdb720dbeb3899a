// Runs when the list of the most named is made. Asks for it while it is in sight: often while names are being found,
// and now and then to learn of a change; and opens whoever is looked for by name.
const inSight = () => element.isConnected && element.offsetParent !== null && !document.hidden;

function look() {
  const dossier = document.getElementById("corpus-dossier-choice")?.value ?? "";
  trigger("click", { dossier, state: element.querySelector("[data-state]")?.dataset.state ?? "" });
}

// The dossiers' list is another part's, and drawn anew.
document.addEventListener("change", (event) => {
  if (event.target.id === "corpus-dossier-choice") look();
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "entity-form") return;
  event.preventDefault();
  const name = event.target.elements.namedItem("name").value.trim();
  if (name) document.dispatchEvent(new CustomEvent("sourcier:entity", { detail: name }));
});

let pause = 0;
setInterval(() => {
  if (!inSight()) return;
  pause += 1;
  const often = element.querySelector("[data-making]");
  if (!element.querySelector(".wanted") && pause < (often ? 2 : 10)) return;
  pause = 0;
  look();
}, 1000);

const wanted = () => element.querySelector(".wanted") && look();
watch("value", wanted);
new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && wanted()).observe(element);
