// The shape of a conversation while it is being fetched, so that nothing jumps when it comes.
export function StageSkeleton() {
  const bubble = "h-11 rounded-bubble border border-line bg-surface";
  return (
    <main className="late grid h-dvh grid-rows-[auto_minmax(0,1fr)_auto]">
      <p role="status" className="sr-only">
        Loading the conversation
      </p>
      <div aria-hidden className="h-[61px] border-b border-line bg-surface" />
      <div aria-hidden className="flex flex-col justify-end gap-3 px-4 pb-3 md:px-6">
        <div className={`w-3/5 ${bubble}`} />
        <div className={`w-1/2 self-end ${bubble}`} />
        <div className={`w-2/3 ${bubble}`} />
      </div>
      <div aria-hidden className="h-32 border-t border-line bg-surface" />
    </main>
  );
}
