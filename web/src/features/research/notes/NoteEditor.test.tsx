// What the other window did to the note that is being edited.
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { queryClient } from "../../../api/queries";
import type { Note } from "../../../api/staff/types";
import { NoteEditor } from "./NoteEditor";

const note = { id: "n1", invitationId: "i1", body: "First.", tags: [], version: 1, startedAt: "2026-11-23T14:20:00Z" };
let answers: Record<string, () => Response>;
let sent: Record<string, unknown>;
let done: number;

const json = (data: object, status = 200) => new Response(JSON.stringify(data), { status });
const problem = (status: number, code: string, more = {}) => json({ title: code, status, code, ...more }, status);

beforeEach(() => {
  answers = {};
  sent = {};
  done = 0;
  vi.stubGlobal("fetch", async (_: string, { method = "GET", body }: RequestInit) => {
    if (typeof body === "string") sent[method] = JSON.parse(body);
    return answers[method]?.() ?? json({ items: [], version: 1 });
  });
  render(
    <QueryClientProvider client={queryClient}>
      <NoteEditor note={note as unknown as Note} onDone={() => done++} />
    </QueryClientProvider>,
  );
  fireEvent.change(screen.getByRole("textbox"), { target: { value: "Second." } });
});

afterEach(() => {
  cleanup();
  sessionStorage.clear();
  queryClient.clear();
  vi.unstubAllGlobals();
});

const save = () => fireEvent.keyDown(screen.getByRole("textbox"), { key: "Enter", ctrlKey: true });

it("offers the text as a new note if the other window deleted this one", async () => {
  answers = { PATCH: () => problem(404, "not_found") };
  save();
  fireEvent.click(await screen.findByRole("button", { name: "Add as a new note" }));
  await vi.waitFor(() => expect(done).toBe(1));
  expect(sent.POST).toMatchObject({ body: "Second.", startedAt: note.startedAt });
});

it("shows text and tags of the other version", async () => {
  const current = {
    ...note,
    createdAt: note.startedAt,
    body: "Other.",
    tags: [{ id: "t", name: "Pause" }],
    version: 2,
  };
  answers = { PATCH: () => problem(409, "conflict", { current }) };
  save();
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("Other.");
  expect(alert.textContent).toContain("Tags: Pause");
  expect(done).toBe(0);
});

it("is done if the conflict is with its own change, whose answer was lost", async () => {
  answers = { PATCH: () => problem(409, "conflict", { current: { ...note, body: "Second.", version: 2 } }) };
  save();
  await vi.waitFor(() => expect(done).toBe(1));
});

it("doesn't leave on Escape while an input method composes, and asks before changes are lost", () => {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  const box = screen.getByRole("textbox");
  fireEvent.keyDown(box, { key: "Escape", isComposing: true });
  expect(screen.queryByText("Discard your changes?")).toBeNull();
  fireEvent.keyDown(box, { key: "Escape" });
  expect(screen.getByText("Discard your changes?")).toBeTruthy();
  expect(done).toBe(0);
});
