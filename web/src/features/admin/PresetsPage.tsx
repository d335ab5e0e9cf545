// `/admin/presets`: the token quotas that researchers choose from, and the allowance for people without an invitation.
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Dialog } from "../../ui/Dialog";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { inConversations } from "../../ui/staff/estimate";
import { Cell, RowName, Table, TableRow } from "../../ui/staff/Table";
import { tokens } from "../../ui/staff/tokens";
import { PresetForm } from "./PresetForm";
import { RemovePreset } from "./RemovePreset";

type Preset = Schemas["QuotaPreset"];

export function PresetsPage() {
  const presets = useQuery(queries.presets());
  const [writing, setWriting] = useState<Preset | "new">();
  const close = () => setWriting(undefined);
  const allowance = presets.data?.items.find((preset) => preset.allowance);
  const others = presets.data?.items.filter((preset) => !preset.allowance) ?? [];
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Quota presets" />
        <Button look="act" onClick={() => setWriting("new")}>
          <Plus aria-hidden className="size-4" /> New preset
        </Button>
      </div>
      {presets.isPending && <Skeleton />}
      {presets.error && <ProblemNotice problem={problemOf(presets.error)} onRetry={() => void presets.refetch()} />}
      {allowance && <Allowance preset={allowance} onEdit={() => setWriting(allowance)} />}
      {presets.data && <ForInvitations presets={others} onEdit={setWriting} />}
      <Dialog
        open={writing !== undefined}
        onClose={close}
        title={writing === "new" || !writing ? "New preset" : `Edit “${writing.label}”`}
      >
        <PresetForm preset={writing === "new" ? undefined : writing} onDone={close} />
      </Dialog>
    </>
  );
}

function Allowance({ preset, onEdit }: { preset: Preset; onEdit: () => void }) {
  return (
    <Card title="Without an invitation">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <div className="min-w-0 max-w-[36rem]">
          <p className="text-[1.375rem] leading-tight font-semibold">
            {tokens(preset.tokens)}
            {preset.tokens > 0 && (
              <span className="ml-2 text-base font-normal text-muted">{inConversations(preset.estimate)}</span>
            )}
          </p>
          <p className="mt-2 text-muted">
            The total number of tokens for each person who signs in without an invitation. With 0, they can't start a
            conversation.
          </p>
        </div>
        <Button look="tool" onClick={onEdit} aria-label={`Edit ${preset.label}`}>
          Edit
        </Button>
      </div>
    </Card>
  );
}

function ForInvitations({ presets, onEdit }: { presets: Preset[]; onEdit: (preset: Preset) => void }) {
  return (
    <section aria-labelledby="for-invitations" className="mt-8">
      <h2 id="for-invitations" className="text-xl font-semibold">
        For invitations
      </h2>
      <p className="mt-1 mb-4 text-muted">
        Researchers choose a preset when they create invitations. Later changes don't affect existing invitations.
      </p>
      {presets.length === 0 ? (
        <p className="rounded-2xl border border-line bg-surface p-5 text-muted">
          There are no presets yet, so researchers have to enter a number each time. Select “New preset” to add one.
        </p>
      ) : (
        <Table caption="Quota presets, smallest first" columns={["Label", "Tokens", "Estimate", "Actions"]}>
          {presets.map((preset) => (
            <TableRow key={preset.id}>
              <RowName>{preset.label}</RowName>
              <Cell>{tokens(preset.tokens)}</Cell>
              <Cell className="text-muted">{inConversations(preset.estimate)}</Cell>
              <Cell>
                <span className="flex flex-wrap gap-2 @max-3xl:mt-2">
                  <Button look="tool" onClick={() => onEdit(preset)} aria-label={`Edit ${preset.label}`}>
                    Edit
                  </Button>
                  <RemovePreset preset={preset} />
                </span>
              </Cell>
            </TableRow>
          ))}
        </Table>
      )}
    </section>
  );
}
