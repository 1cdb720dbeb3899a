// The theme: chosen here, else the system's. Runs in the head, before anything is painted; Gradio puts its own
// class on the body when it starts, which is held to the same choice.
(() => {
  const KEY = "sourcier-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const dark = () => (chosen() ? chosen() === "dark" : system.matches);

  function apply() {
    document.documentElement.dataset.theme = dark() ? "dark" : "light";
    if (document.body && document.body.classList.contains("dark") !== dark()) document.body.classList.toggle("dark", dark());
  }

  function show() {
    for (const radio of document.querySelectorAll('#theme input[name="theme"]')) radio.checked = radio.value === (chosen() || "auto");
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.('#theme input[name="theme"]')) return;
    try {
      if (event.target.value === "auto") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, event.target.value);
    } catch { /* private browsing may refuse: the theme lasts as long as the page then */ }
    apply();
  });
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    new MutationObserver(show).observe(document.body, { childList: true, subtree: true });
  });
  apply();
})();
