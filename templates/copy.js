// Beside an address that can be copied by hand: a button that does it.
for (const box of document.querySelectorAll("[data-copy]")) {
  const address = box.querySelector("input");
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "button";
  button.textContent = box.dataset.copy;
  said.className = "hidden";
  said.setAttribute("role", "status");
  box.append(button, said);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(address.value);
    } catch { // no permission, or no secure connection
      address.select();
      if (!document.execCommand("copy")) return;
    }
    button.textContent = said.textContent = box.dataset.copied;
    setTimeout(() => { button.textContent = box.dataset.copy; said.textContent = ""; }, 3000);
  });
}
