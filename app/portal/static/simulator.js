// The sentence answers while it is typed; without this module the button asks the same question.
const form = document.querySelector("[data-simulator]");
const WAIT = 500;
let timer, asked = 0;

async function answer() {
  const number = ++asked;
  const query = new URLSearchParams(new FormData(form));
  const response = await fetch(`${form.action}?${query}`);
  if (!response.ok || response.redirected || number !== asked) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of ["[data-answer=monthly]", "[data-said]"]) {
    document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
  }
  document.querySelector(".option").replaceWith(page.querySelector(".option"));
  const help = document.querySelector("[data-hesitation]");
  if (help && page.querySelector("[data-hesitation]:not([hidden])")) help.hidden = false;
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => answer().catch(() => {}), WAIT);
});
