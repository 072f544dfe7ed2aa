// The small notice that says that a page is no longer live, and offers to load it again.

const STYLE = "position:fixed;right:1rem;bottom:1rem;z-index:9999;padding:1rem;color:#fff;background:#222";

let notice = null;

/** Shows the notice, once. */
export function showNotice({ liveNotice, liveReload }) {
  if (notice?.isConnected) return;
  notice = document.createElement("div");
  const button = document.createElement("button");
  button.textContent = liveReload;
  button.onclick = () => location.reload();
  notice.className = "pykka-live-notice";
  notice.style = STYLE;
  notice.role = "alert";
  notice.append(button);
  document.body.append(notice);
  notice.prepend(liveNotice, " ");   // a change inside an alert is what screen readers announce
}
