// Own words, answered in place: the address stays as it is, so that neither it nor the back button holds
// the words. Asks in htmx's manner (`HX-Request`) and gets the part of the page; keeps nothing on the device.
// When anything goes wrong the form is sent as usual.

const form = document.querySelector("form[data-answer]");
const answer = document.getElementById("answer");

async function ask() {
  const response = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "HX-Request": "true" },
    cache: "no-store",
    redirect: "error",
  });
  if (response.status >= 500) throw new Error(String(response.status));
  return response.text();
}

function show(html) {
  answer.innerHTML = html; // our own template, escaped by the server
  const heading = answer.querySelector("h2");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
}

if (form && answer) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    try {
      show(await ask());
    } catch {
      form.submit();
    } finally {
      form.ariaBusy = "false";
    }
  });
}
