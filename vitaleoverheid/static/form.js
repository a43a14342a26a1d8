// Tells how long the contact form was open, which a program that fills it in gives away.
const opened = performance.now();

document.querySelector(".form").addEventListener("submit", ({ currentTarget }) => {
  currentTarget.elements.seconds.value = Math.round((performance.now() - opened) / 1000);
});
