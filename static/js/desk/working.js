// Work that goes on elsewhere: asks every two seconds how far it is, and opens the page anew when it is done.
// Without this script a link does the same.
const EVERY = 2000;

// Said again without a change, it would be read aloud again.
function tell(part, fresh) {
  if (part.innerHTML !== fresh.innerHTML) part.replaceChildren(...fresh.childNodes);
}

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
      tell(shown.querySelector(".hint"), fresh.querySelector(".hint"));
      const parts = fresh.querySelectorAll("[data-fresh]");
      shown.querySelectorAll("[data-fresh]").forEach((part, place) => tell(part, parts[place]));
    }
  } catch {
    // No connection just now: the next look may have one.
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
