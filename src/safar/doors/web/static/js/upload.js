// A file is sent with its progress shown, and may be dropped. Without this the form sends it plainly.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const status = progress.querySelector("p");
  const error = form.querySelector("[data-error]");
  const button = form.querySelector("button");

  const fail = (text) => {
    error.textContent = text;
    error.hidden = false;
    progress.hidden = true;
    button.disabled = false;
  };

  drop.querySelector(".drop-hint").hidden = false;
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("is-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    error.hidden = true;
    if (input.files[0].size > Number(form.dataset.mostBytes)) return fail(form.dataset.tooLarge);
    form.elements.name.value = input.files[0].name;
    button.disabled = true;
    progress.hidden = false;
    status.textContent = form.dataset.sending;
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = sent.loaded / sent.total;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      status.textContent = form.dataset.reading;
    });
    request.addEventListener("error", () => fail(form.dataset.broken));
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // A page: the session ended, or something broke. It says so itself.
        return location.assign(request.responseURL || location.href);
      }
      if (answer.next) location.assign(answer.next);
      else fail(answer.error || form.dataset.broken);
    });
    request.send(new FormData(form));
  });
}
