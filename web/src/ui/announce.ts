// Tells a screen reader what changed where nothing on the page says it in words.
let region: HTMLElement | undefined;

export function announce(words: string): void {
  region ??= makeRegion();
  const told = region;
  told.textContent = "";
  // A moment later, so that the same words twice are news as well.
  setTimeout(() => {
    told.textContent = words;
  }, 50);
}

function makeRegion(): HTMLElement {
  const element = document.createElement("p");
  element.setAttribute("role", "status");
  element.className = "sr-only";
  document.body.append(element);
  return element;
}
