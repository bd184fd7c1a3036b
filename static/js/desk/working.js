// Work that goes on elsewhere: asks every two seconds how far it is, and opens the page anew when it is done.
// Without this script a link does the same.
const EVERY = 2000;

async function look() {
  const shown = document.getElementById("working");
  try {
    const answer = await fetch(shown.dataset.working, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("working");
      if (!fresh) {
        location.replace(shown.dataset.working);
        return;
      }
      const bar = shown.querySelector("progress");
      const now = fresh.querySelector("progress");
      if (now.hasAttribute("value")) bar.value = now.value;
      shown.querySelector(".hint").textContent = fresh.querySelector(".hint").textContent;
    }
  } catch {
    // No connection just now: the next look may have one.
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
