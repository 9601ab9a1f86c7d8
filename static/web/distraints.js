// The list of a day goes on paper, and hearings are gone through by keys.
"use strict";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const turn = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = turn && document.querySelector(`a[rel="${turn}"]`);
  if (link) link.click();
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const all = [...document.querySelectorAll(".day-list h2 a, .hearing a")];
  const next = all[all.indexOf(document.activeElement) + step] ?? all.at(step > 0 ? 0 : -1);
  if (next) next.focus();
});
