// The frame of a conversation while it loads: header and message box in their places, with nothing between them that
// would disappear again.
export function ConversationSkeleton() {
  return (
    <main className="late grid h-dvh grid-rows-[auto_minmax(0,1fr)_auto]">
      <p role="status" className="sr-only">
        Loading the conversation
      </p>
      <div aria-hidden className="h-[61px] border-b border-line bg-surface" />
      <div aria-hidden />
      <div aria-hidden className="border-t border-line bg-surface px-3 pt-[76px] pb-3 md:px-6">
        <div className="mx-auto h-[46px] max-w-[54rem] rounded-2xl border border-control bg-raised" />
      </div>
    </main>
  );
}
