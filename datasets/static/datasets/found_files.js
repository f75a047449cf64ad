// The table of found files: mark the file that is shown beside it, and move by arrow keys.
// Without this script the table works too; a click then loads the page with the picture.

function markShown() {
  const figure = document.querySelector("#look figure");
  for (const row of document.querySelectorAll("tr[aria-current]")) {
    row.removeAttribute("aria-current");
  }
  if (figure) {
    document.getElementById(`file-${figure.dataset.file}`)?.setAttribute("aria-current", "true");
  }
}

function neighbour(link, forward) {
  const row = link.closest("tr");
  const next = forward ? row.nextElementSibling : row.previousElementSibling;
  return next?.querySelector("a.look-at");
}

document.addEventListener("htmx:afterSettle", markShown);

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("a.look-at");
  if (!link || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  const next = neighbour(link, event.key === "ArrowDown");
  next?.focus();
  next?.click();
});

// The folders are renewed now and then while files are found, but not under somebody's hand.
document.addEventListener("htmx:beforeRequest", (event) => {
  const isAsked = event.detail.requestConfig.triggeringEvent?.type === "chosen";
  if (event.target.id === "folders" && !isAsked && event.target.matches(":hover, :focus-within")) {
    event.preventDefault();
  }
});

// The link that was clicked keeps the focus, so that the arrow keys go on from there.
document.addEventListener("click", (event) => event.target.closest?.("a.look-at")?.focus());

markShown();
