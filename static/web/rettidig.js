// What every page does in a browser: the design system begins, here and in each piece that arrives.
"use strict";
DKFDS.init();

// Whatever a script sends says that it came from this page. For other scripts: csrfFetch(address, options).
const csrfToken = document.querySelector('meta[name="csrf-token"]').content;
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = csrfToken; });
window.csrfFetch = (address, options = {}) => fetch(address, {
  credentials: "same-origin", ...options,
  headers: { "HX-Request": "true", "X-CSRF-Token": csrfToken, ...options.headers },
});

// What the house cannot do now is said in its own words, and the page stays as it is.
window.tell = (words) => {
  const toast = document.createElement("p");
  toast.className = "toast-words";
  toast.textContent = words;
  document.getElementById("toasts").replaceChildren(toast);
};
document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if ((answer.getResponseHeader("Content-Type") || "").startsWith("text/plain")) tell(answer.responseText);
});

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

// A group of pages closes when one looks elsewhere.
const closeGroups = (except) => document.querySelectorAll(".site-nav details[open]")
  .forEach((one) => { if (!one.contains(except)) one.open = false; });
document.addEventListener("click", (event) => closeGroups(event.target));
document.addEventListener("focusin", (event) => closeGroups(event.target));
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".site-nav details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
