// On a narrow screen the list of contents is wider than the page: begin where the person is. The page itself stays put.

const current = document.querySelector(".sections [aria-current]");
const list = current?.closest("ul");
if (list) list.scrollLeft = current.offsetLeft - list.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
