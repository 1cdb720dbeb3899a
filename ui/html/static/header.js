// Runs when the first questions are made: they are made anew when this page has brought articles in or removed some.
for (const news of ["sourcier:library", "sourcier:removed"]) {
  document.addEventListener(news, () => trigger("click", {}));
}
