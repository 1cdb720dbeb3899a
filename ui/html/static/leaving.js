// Runs in the head. A page that the server doesn't know any more, because somebody has to sign in now, somebody
// else has, or another server answers, is loaded again: that leads to the form, or to the page of who has signed in.
// A page that has lost its server remembers it, with the question that was being asked: it says so when it is back.
(() => {
  const ask = window.fetch;
  let server = null;
  const lost = () => {
    try {
      sessionStorage.setItem("sourcier-lost", "1");
    } catch { /* a browser that keeps nothing says nothing */ }
  };
  window.fetch = async (what, how) => {
    const address = new URL(what?.url ?? what, location.href);
    const own = address.origin === location.origin;
    if (own && address.pathname.endsWith("/app_id")) lost(); // the framework asks it until a server is there again
    const headers = new Headers(how?.headers ?? what?.headers);
    if (own && server) headers.set("Sourcier-Server", server);
    let answer;
    try {
      answer = await ask(what, own ? { ...how, headers } : how);
    } catch (error) {
      if (own && error.name !== "AbortError") lost();
      throw error;
    }
    if (own) server ??= answer.headers.get("Sourcier-Server");
    if (answer.headers.get("Sourcier-Page") === "leave") {
      if (answer.status === 409) lost();
      location.reload();
    }
    return answer;
  };

  // What was asked is offered again, if the page is loaded before it was answered.
  const asking = () => {
    const words = document.querySelector("#question textarea")?.value.trim();
    if (!words) return;
    try {
      sessionStorage.setItem("sourcier-asked", words);
    } catch { /* it is typed again */ }
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target.closest?.("#question")) asking();
  }, true);
  addEventListener("click", (event) => {
    if (event.target.closest?.("#ask, #question button")) asking();
  }, true);
})();
