"use strict";
// The page reads without this script. It adds a filter, and opens what is folded before printing.
const box = document.getElementById("filter");
const query = document.getElementById("query");
const matches = document.getElementById("matches");
const rows = [...document.querySelectorAll("[data-row]")].map((row) => ({ row, text: row.textContent.toLowerCase() }));
const groups = [...document.querySelectorAll("[data-group]")];

function filter() {
  const wanted = query.value.trim().toLowerCase();
  let shown = 0;
  for (const { row, text } of rows) {
    const heading = row.closest("[data-group]")?.querySelector("h3, h4")?.textContent.toLowerCase() ?? "";
    row.hidden = !(text.includes(wanted) || heading.includes(wanted));
    shown += row.hidden ? 0 : 1;
  }
  for (const group of groups) {
    group.hidden = !group.querySelector("[data-row]:not([hidden])");
  }
  matches.textContent = wanted ? `${shown} match` : "";
}

box.hidden = false;
query.addEventListener("input", filter);
window.addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});
