// Marks in the list of contents the part of the page that the reader has come to.
const links = [...document.querySelectorAll(".toc a")];
const headings = links.map((link) => document.getElementById(link.hash.slice(1)));

const mark = () => {
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
  links.forEach((link, number) => {
    if (number === passed.length - 1) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
};

const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
headings.forEach((heading) => observer.observe(heading));
