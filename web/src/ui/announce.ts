// Announces a change to screen readers if no text on the page does.
let region: HTMLElement | undefined;

export function announce(words: string): void {
  region ??= makeRegion();
  const target = region;
  target.textContent = "";
  // After a moment, so that repeating the same text is announced again.
  setTimeout(() => {
    target.textContent = words;
  }, 50);
}

function makeRegion(): HTMLElement {
  const element = document.createElement("p");
  element.setAttribute("role", "status");
  element.className = "sr-only";
  document.body.append(element);
  return element;
}
