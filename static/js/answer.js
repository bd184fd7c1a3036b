// After an answer has come in place: take the reader to its heading; when nothing came, send the form as usual.

const answer = document.getElementById("answer");

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== answer) return;
  const heading = answer.querySelector("h2");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
});

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => {
    const form = event.target.closest("form");
    if (form) form.submit();
  });
}
