// A link with `data-dialog` opens its page as a dialog over this one. Without JavaScript it is a page.

export function offerDialogs(settle) {
  let underway = 0;
  const count = (change) => document.documentElement.classList.toggle("is-busy", (underway += change) > 0);
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    count(1);
    const dialog = await fetched(link.href);
    count(-1);
    if (!dialog) {
      location.href = link.href;
      return;
    }
    document.body.append(dialog);
    settle(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      link.focus();
    });
    dialog.addEventListener("click", (pressed) => {
      // Outside of what the dialog holds is the dialog itself.
      if (pressed.target === dialog) dialog.close();
      if (!pressed.target.closest("[data-close]")) return;
      pressed.preventDefault();
      dialog.close();
    });
    dialog.showModal();
  });
}

// Return the dialog, or null where the page itself should be opened: signed out, refused, no connection.
async function fetched(address) {
  try {
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": location.href };
    const answer = await fetch(address, { headers, mode: "same-origin" });
    if (!answer.ok || answer.redirected) return null;
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.innerHTML = await answer.text();
    const title = dialog.querySelector("[id]:is(h1, h2)");
    if (title) dialog.setAttribute("aria-labelledby", title.id);
    return dialog;
  } catch {
    return null;
  }
}
