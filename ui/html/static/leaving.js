// Runs in the head. A page that the server doesn't know any more, because somebody has to sign in now, or somebody
// else has, is loaded again: that leads to the form, or to a page of who has signed in.
(() => {
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (answer.headers.get("Sourcier-Page") === "leave") location.reload();
    return answer;
  };
})();
