// On wide screens the choices stand open beside the list. Without this file they open with a click.
const choices = document.querySelector("details.filters");
if (choices && matchMedia("(min-width: 60rem)").matches) choices.open = true;
