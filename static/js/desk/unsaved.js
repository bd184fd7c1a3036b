// Asks before a page is left whose long text was not saved: by a link, by Back, by sending another form of the page.
const unsaved = new Set();

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  if (form.dataset.unsaved === "now") unsaved.add(form); // shown again with what was typed: it is not saved yet
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
