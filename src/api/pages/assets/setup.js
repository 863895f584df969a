// A link's secret is behind its #, which browsers send to no server: move it into the form, and out
// of the address. Without script it is pasted by hand.
const field = document.querySelector("input[name=code]");
if (field && location.hash.length > 1) {
  field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
