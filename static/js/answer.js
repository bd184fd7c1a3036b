// Own words, answered in place: the address stays as it is, so that neither it nor the list of visited pages holds
// the words. Asks in htmx's manner (`HX-Request`) and gets the part of the page; keeps nothing on the device.
// When anything goes wrong the form is sent as usual.

const answer = document.getElementById("answer");

async function ask(form, words) {
  const response = await fetch(form.action, {
    method: "POST",
    body: words,
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

function sendAsUsual(form, button) {
  if (button?.name) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  }
  form.submit();
}

if (answer) {
  // The answer itself may hold such a form, for its further pages.
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter: button } = event;
    if (!form.matches("form[data-answer]")) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const words = new URLSearchParams(new FormData(form));
    if (button?.name) words.set(button.name, button.value);
    try {
      show(await ask(form, words));
    } catch {
      sendAsUsual(form, button);
    } finally {
      form.ariaBusy = "false";
    }
  });
}
