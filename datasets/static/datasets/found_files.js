// The table of found files: mark the file that is shown beside it, and move by arrow keys.
// Without this script the table works too; a click then loads the page with the picture.

// Which end of the next page is to be looked at, when a key has led to it.
let goTo = null;

function markShown() {
  const figure = document.querySelector("#look figure");
  for (const row of document.querySelectorAll("tr[aria-current]")) {
    row.removeAttribute("aria-current");
  }
  if (figure) {
    document.getElementById(`file-${figure.dataset.file}`)?.setAttribute("aria-current", "true");
  }
}

function lookAt(link) {
  link.focus();
  link.click();
}

// How many rows a key goes forward; in the grid, up and down lead to the next line.
function stepsOf(key, rows) {
  const isGrid = document.querySelector(".found-files.grid") !== null;
  const inLine = isGrid ? rows.filter((row) => row.offsetTop === rows[0].offsetTop).length : 1;
  if (isGrid && key === "ArrowRight") return 1;
  if (isGrid && key === "ArrowLeft") return -1;
  return { ArrowDown: inLine, ArrowUp: -inLine }[key] ?? 0;
}

function move(row, steps) {
  const rows = [...row.parentElement.querySelectorAll("tr[id]")];
  const next = rows[rows.indexOf(row) + steps]?.querySelector("a.look-at");
  if (next) {
    lookAt(next);
    return;
  }
  const page = document.querySelector(`#page-links a[rel="${steps > 0 ? "next" : "prev"}"]`);
  if (page) {
    goTo = steps > 0 ? "first" : "last";
    page.click();
  }
}

document.addEventListener("htmx:afterSettle", (event) => {
  markShown();
  if (goTo && event.target.id === "files") {
    const links = document.querySelectorAll("a.look-at");
    const link = links[goTo === "first" ? 0 : links.length - 1];
    goTo = null;
    if (link) lookAt(link);
  }
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("a.look-at")?.closest("tr");
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const steps = stepsOf(event.key, [...row.parentElement.querySelectorAll("tr[id]")]);
  if (steps) move(row, steps);
  else if (event.key === " ") row.querySelector("input[name=chosen]")?.click();
  else return;
  event.preventDefault();
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
