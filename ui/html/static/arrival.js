// What a page that was just loaded sends: the conversation that this tab showed before, nothing in a new tab.
(language, _) => {
  let shown = null;
  try {
    shown = sessionStorage.getItem("sourcier-conversation");
  } catch { /* a browser that keeps nothing */ }
  return [language, shown ?? ""];
}
