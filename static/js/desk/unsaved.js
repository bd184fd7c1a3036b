// Asks before a page is left whose long text was not saved: by a link, by Back, by sending another form of the page.
const form = document.querySelector("form[data-unsaved]");

if (form) {
  let isUnsaved = form.dataset.unsaved === "now"; // shown again with what was typed, because it was refused
  form.addEventListener("input", () => (isUnsaved = true));
  form.addEventListener("submit", () => (isUnsaved = false));
  addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}
