// The list of all keys, loaded when it is asked for.
const keys: [string, string][] = [
  ["F6", "Go to the next part of the page"],
  ["Enter", "Send"],
  ["Shift+Enter", "Begin a new line"],
  ["Esc", "Stop the voice that speaks"],
  ["Ctrl+.", "Turn to the coach, and back"],
  ["↑ in an empty box", "Take back what could not be sent"],
  ["↑ ↓ on a message", "Go to the one before or after it"],
  ["?", "Show this list"],
];

export default function KeyList() {
  return (
    <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2.5">
      {keys.map(([key, does]) => (
        <div key={key} className="col-span-2 grid grid-cols-subgrid items-baseline">
          <dt>
            <kbd className="inline-block rounded-md border border-line bg-raised px-2 py-0.5 font-sans text-sm">
              {key}
            </kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
