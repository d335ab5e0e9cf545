// The form for new invitations. A single invitation opens its own page; several open a list of just those.
import { TriangleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { paths } from "../../paths";
import { researchPaths } from "../../research-paths";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CheckField, SelectField, TextAreaField, TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useFormErrors } from "../../ui/use-form-errors";
import { CoachChoice } from "./CoachChoice";
import { LandingPreview } from "./LandingPreview";
import { today } from "./last-day";
import { bodyOf, shownOf } from "./new-invitation";
import { QuotaChoice } from "./QuotaChoice";
import { usePreview } from "./use-preview";

type Props = { scenarios: Schemas["Scenario"][] };

export function NewInvitationForm({ scenarios }: Props) {
  const navigate = useNavigate();
  const preview = usePreview();
  const [copies, setCopies] = useState(1);
  const create = $api.useMutation("post", "/api/invitations", {
    onSuccess: async ({ items }) => {
      await queryClient.invalidateQueries(queries.invitations());
      const [first, second] = items;
      if (!first) return;
      await navigate(second ? researchPaths.batch(first.id) : researchPaths.invitation(first.id), {
        state: { created: items.length },
      });
    },
  });
  const errors = useFormErrors(create.error);
  const warning = preview.data?.warnings.find(({ field }) => field === "consent");
  const read = (form: HTMLFormElement) => {
    const body = bodyOf(new FormData(form));
    preview.show(shownOf(body));
    setCopies(body.copies ?? 1);
    return body;
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = read(event.currentTarget);
    if (errors.check() && !create.isPending) create.mutate({ body });
  };
  return (
    <form
      {...errors.form}
      onInput={(event) => {
        errors.form.onInput(event);
        read(event.currentTarget);
      }}
      onSubmit={submit}
    >
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,25rem)]">
        <div className="min-w-0 space-y-4">
          <Card title="Names">
            <TextField
              name="label"
              label="Label"
              hint="Only researchers see this."
              required
              missing="Enter a label, so that you can find the invitation again."
              maxChars={200}
              error={errors.of("label")}
            />
            <TextField
              name="title"
              label="Title for participants"
              hint="Shown to participants and next to the QR code. Leave empty for “Conversation Coach”."
              maxChars={200}
              error={errors.of("title")}
            />
            <TextField
              name="copies"
              type="number"
              inputMode="numeric"
              label="How many invitations"
              hint="Each works for one person. If you create several (up to 200), they are numbered."
              min={1}
              max={200}
              step={1}
              required
              defaultValue={1}
              error={errors.of("copies")}
            />
          </Card>
          <Card title="Conversation">
            <SelectField name="scenario" label="Scenario" error={errors.of("scenario")}>
              <option value="">The participant chooses</option>
              {scenarios.map((s) => (
                <option key={s.slug} value={s.slug}>
                  {s.title}
                </option>
              ))}
            </SelectField>
            <CheckField name="own" label="Participants may describe their own scenario" />
            <CoachChoice />
          </Card>
          <Card title="How much can they talk?">
            <QuotaChoice preview={preview} error={errors.of("tokenQuota") ?? errors.of("presetId")} />
            <TextField
              name="expires"
              type="date"
              min={today()}
              label="Last day"
              hint="Leave empty for no expiry."
              error={errors.of("expiresAt") ?? errors.of("expires")}
            />
          </Card>
          <Card title="Before they agree">
            <TextField
              name="contact"
              label="Contact for questions"
              hint="Shown to participants, even after their link stops working."
              maxChars={200}
              error={errors.of("contact")}
            />
            <TextAreaField
              name="consent"
              label="Consent text"
              rows={8}
              maxChars={20_000}
              hint="Leave empty to use the default text, which matches the settings above. You can use paragraphs, lists with - and **bold** text."
              error={errors.of("consent")}
            />
            <div role="status">
              {warning && (
                <p className="flex items-start gap-2.5 rounded-xl border border-control bg-raised p-3">
                  <TriangleAlert aria-hidden className="mt-0.5 size-5 shrink-0" />{" "}
                  <span className="min-w-0 wrap-anywhere">{warning.message}</span>
                </p>
              )}
            </div>
          </Card>
        </div>
        <LandingPreview preview={preview} />
      </div>
      {/* Always visible, because the form is longer than the screen. */}
      <div className="sticky bottom-0 -mx-4 mt-6 border-t border-line bg-bg px-4 py-3 sm:-mx-5 sm:px-5">
        {errors.general && <ProblemNotice problem={errors.general} />}
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="act" aria-disabled={create.isPending}>
            {create.isPending ? "Creating" : copies > 1 ? `Create ${copies} invitations` : "Create invitation"}
          </Button>
          <Button look="tool" onClick={() => navigate(paths.invitations())}>
            Cancel
          </Button>
        </div>
      </div>
    </form>
  );
}
