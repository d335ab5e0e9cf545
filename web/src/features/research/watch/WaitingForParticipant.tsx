// Shown until a participant has opened the invitation: the code, as large as there is room.
import type { ReactNode } from "react";
import type { Schemas } from "../../../api/client";

type Props = { invitation: Schemas["Invitation"]; children: ReactNode };

export function WaitingForParticipant({ invitation: i, children }: Props) {
  const usable = i.state === "open" && i.url;
  return (
    <div className="scroll-y flex flex-1 flex-col items-center gap-4 p-4">
      <div className="text-center">
        <p className="font-semibold">{usable ? "Waiting for the participant" : "No conversation yet"}</p>
        <p className="max-w-[30rem] text-muted">
          {usable
            ? "Show them the code. Their conversation appears here as soon as it starts."
            : "No one has accepted this invitation."}
        </p>
      </div>
      <div className="w-full max-w-[min(26rem,52dvh)]">{children}</div>
    </div>
  );
}
