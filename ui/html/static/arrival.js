// What a page that was just loaded sends: the conversation that this tab showed before, nothing in a new tab; and
// whether it had lost its server. The question that it was lost with is offered again, if it isn't answered.
(language, _) => {
  let shown = null, lost = null, asked = null;
  try {
    shown = sessionStorage.getItem("sourcier-conversation");
    lost = sessionStorage.getItem("sourcier-lost");
    asked = sessionStorage.getItem("sourcier-asked");
    sessionStorage.removeItem("sourcier-lost");
    sessionStorage.removeItem("sourcier-asked");
  } catch { /* a browser that keeps nothing */ }
  const offer = (turns) => {
    const said = [...document.querySelectorAll(".exchange .question")].map((one) => one.textContent);
    const box = document.querySelector("#question textarea");
    if (box?.value || said.at(-1)?.includes(asked)) return;
    if (turns && (!box || (shown && !said.length))) {
      setTimeout(offer, 200, turns - 1);
      return;
    }
    if (!box) return;
    box.value = asked;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  if (lost && asked) setTimeout(offer, 1000, 25);
  return [language, `${lost ? "back " : ""}${shown ?? ""}`];
}
