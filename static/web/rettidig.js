// What every page does in a browser: the design system begins, here and in each piece that arrives.
"use strict";
DKFDS.init();

// A form that is sent twice by a double click is sent once.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => delete event.target.dataset.sent, 3000);
});
// Back from the browser's memory: what stands there may be long past.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("htmx:afterSwap", (event) => DKFDS.init({ scope: event.target }));

// On a phone the way to other pages is behind a button.
document.querySelector(".menu-button")?.addEventListener("click", (event) => {
  const isOpen = document.getElementById("site-nav").classList.toggle("is-open");
  event.currentTarget.setAttribute("aria-expanded", String(isOpen));
});
