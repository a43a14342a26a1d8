// Tells how long the contact form was open, which a program that fills it in gives away.
const opened = performance.now();

document.querySelector(".form").addEventListener("submit", ({ currentTarget }) => {
  currentTarget.elements.seconds.value = Math.round((performance.now() - opened) / 1000);
});

// Puts the postal address on the clipboard, where the browser lets a page do that.
const button = document.querySelector(".copy");
if (navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector("main address p").innerText);
    button.textContent = button.dataset.done;
  });
}
