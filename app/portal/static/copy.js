// Buttons that copy a code: shown only where scripts run, and they say when it is done.
const SHOWN_MS = 4000;

async function copy(field) {
  if (navigator.clipboard) return navigator.clipboard.writeText(field.value);
  field.select();
  if (!document.execCommand("copy")) throw new Error("not copied");
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]");
  const status = button.parentElement.querySelector("[data-copy-status]");
  const before = label.textContent;
  let timer;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copy(field);
    } catch {
      field.focus();
      field.select();
      return;
    }
    clearTimeout(timer);
    label.textContent = status.textContent = button.dataset.copied;
    timer = setTimeout(() => {
      label.textContent = before;
      status.textContent = "";
    }, SHOWN_MS);
  });
}
