// Says in words when a passkey could not be used; allauth's own script would only write to the console.
const problem = document.getElementById("passkey-problem");

function reason() {
  if (!window.PublicKeyCredential) return problem.dataset.unsupported;
  // Passkeys belong to a name; browsers refuse them on 127.0.0.1 and the like.
  if (/^[\d.]+$|:/.test(location.hostname)) return problem.dataset.address;
  return problem.dataset.cancelled;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  problem.textContent = reason();
  problem.hidden = false;
});

// Shown only when a click is heard: allauth's script begins to listen at this same event, before us.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false;
});
