// Names for what Django's admin leaves without one, so that screen readers can say what it is.
"use strict";

// Where a control stands in a table, the head of its column names it.
function headOf(cell) {
  const field = [...cell.classList].find((name) => name.startsWith("field-"))?.slice("field-".length);
  if (cell.classList.contains("delete")) return "Delete";
  return field && cell.closest("table").querySelector(`th.column-${field}`)?.textContent.trim();
}

function nameOf(control) {
  if (control.id === "searchbar") return "Search";
  const cell = control.closest("td");
  const label = control.closest(".form-row, .fieldBox")?.querySelector("label, legend");
  return (cell && headOf(cell)) || label?.textContent.trim().replace(/:$/, "");
}

function nameControls(within) {
  for (const control of within.querySelectorAll("input:not([type=hidden], [type=submit]), select, textarea")) {
    // A picture of a magnifying glass is all the label that the search has.
    const isLabelled = control.labels?.length && control.id !== "searchbar";
    const name = isLabelled || control.hasAttribute("aria-label") ? null : nameOf(control);
    if (name) control.setAttribute("aria-label", name);
  }
  // The box that stands for a list one can search is named like the list.
  for (const box of within.querySelectorAll(".select2-selection, .select2-selection__rendered")) {
    const list = box.closest(".select2-container").parentElement.querySelector("select");
    const name = list?.getAttribute("aria-label") ?? list?.labels[0]?.textContent.trim().replace(/:$/, "");
    if (name) box.setAttribute("aria-label", name);
  }
  // A mark with a name needs a role, or its name is passed over.
  for (const mark of within.querySelectorAll("span[aria-label]:not([role])")) mark.setAttribute("role", "img");
  for (const link of within.querySelectorAll("#changelist-filter a:empty")) link.textContent = "(empty)";
}

// The scripts of the page make more of them, at the start and with every row that is added.
let isWaiting = false;
function nameSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    nameControls(document);
  });
}
new MutationObserver(nameSoon).observe(document.body, { childList: true, subtree: true });
nameSoon();
