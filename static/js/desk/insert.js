// What can be put into a text, as buttons: a press puts it where the cursor stands. Without this script it is a list to read.
const text = document.querySelector("textarea[name=body]");

function put(words) {
  const { selectionStart: start, selectionEnd: end } = text;
  text.setRangeText(words, start, end, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

if (text) {
  for (const place of document.querySelectorAll("[data-insert]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet small";
    button.textContent = place.textContent;
    button.setAttribute("aria-label", `${place.textContent} を本文に入れる`);
    button.addEventListener("click", () => put(place.dataset.insert));
    place.replaceWith(button);
  }
}
