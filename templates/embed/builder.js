/* The builder without a reload: the form's choices go into the preview and the snippets as they are made. Without it the form asks the
   server for the same. */
(() => {
  "use strict";
  const form = document.querySelector("#choices"), preview = document.querySelector("#preview");
  const feed = preview.querySelector("haihe-feed");

  function choices() {
    const said = new FormData(form);
    return {
      section: said.get("section"), layout: said.get("layout"), theme: said.get("theme"), limit: said.get("limit") || "10",
      images: said.get("images") ? "" : "off",
    };
  }

  function set(element, name, value) {
    if (value) element.setAttribute(name, value);
    else element.removeAttribute(name);
  }

  let newest = 0; // of several that are under way only the last one counts, whichever is answered first

  async function change() {
    const mine = ++newest;
    const chosen = choices();
    for (const [name, value] of Object.entries(chosen)) set(feed, name, value === "auto" ? "" : value);
    preview.className = `preview ${chosen.theme}`;
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    history.replaceState(null, "", address);
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    if (mine !== newest) return;
    for (const snippet of document.querySelectorAll(".snippet code")) snippet.textContent = page.getElementById(snippet.id).textContent;
  }

  form.addEventListener("input", change);
  form.addEventListener("submit", event => { event.preventDefault(); change(); });
  for (const snippet of document.querySelectorAll(".snippet")) {
    const button = snippet.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(snippet.querySelector("code").textContent);
      snippet.querySelector("[role=status]").textContent = button.dataset.done;
    });
  }
})();
