// Runs when the header is made. It counts the articles: anew when this page has brought some in or removed some.
for (const news of ["sourcier:library", "sourcier:removed"]) {
  document.addEventListener(news, () => trigger("click", {}));
}
