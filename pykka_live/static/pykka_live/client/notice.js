// The small notice that says that a page is no longer live, and offers to load it again.

const STYLE = `
  .pykka-live-notice {
    position: fixed; inset: auto 1rem 1rem auto; z-index: 2147483647; max-width: min(24rem, calc(100vw - 2rem));
    display: flex; gap: 0.75rem; align-items: center; box-sizing: border-box; padding: 0.75rem 1rem;
    font: 0.9375rem/1.4 system-ui, sans-serif; color: #fff; background: #1f2430; border-radius: 0.5rem;
    box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 0.3);
  }
  .pykka-live-notice button {
    flex: none; padding: 0.375rem 0.75rem; font: inherit; font-weight: 600; cursor: pointer;
    color: #1f2430; background: #fff; border: 0; border-radius: 0.375rem;
  }
  .pykka-live-notice button:focus-visible { outline: 2px solid #8ab4ff; outline-offset: 2px; }
`;

let notice = null;

/** Shows the notice, once. `texts` may hold `stopped` and `reload` in the page's language. */
export function showNotice({ stopped = "This page is no longer live.", reload = "Reload" } = {}) {
  if (notice?.isConnected) return;
  styleNotice();
  notice = document.createElement("div");
  notice.className = "pykka-live-notice";
  notice.setAttribute("role", "alert");
  const text = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = reload;
  button.addEventListener("click", () => location.reload());
  notice.append(text, button);
  document.body.append(notice);
  text.textContent = stopped;   // a change inside an alert is what screen readers announce
}

// A constructed style sheet needs no permission of a Content Security Policy.
function styleNotice() {
  if (notice) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
