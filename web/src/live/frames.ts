// The frames that travel over a conversation's socket, as the host's OpenAPI document describes them.
import type { components } from "../api/schema.gen";

type Schemas = components["schemas"];
/** Why a complete answer is not whole. */
export type Cut = "length" | "filter" | "refusal";
/** What ends first: the invitation's quota or the conversation's own cap on turns. */
export type TurnLimit = "quota" | "conversation";
/** How much of a note was on screen, as a percentage of its text, and for how many milliseconds. */
export type SeenReport = { messageId: number; how: "shown" | "opened"; share: number; ms: number };

export type ServerFrame = Schemas["ServerFrame"] & { cut?: Cut; limit?: TurnLimit };
export type ClientFrame = Schemas["ClientFrame"] | ({ type: "seen" } & SeenReport);
export type TranscriptMessage = Schemas["Message"] & { cut?: Cut };
export type DeltaFrame = Extract<ServerFrame, { type: `${string}:delta` }>;
export type DoneFrame = Extract<ServerFrame, { type: `${string}:done` }>;
export type ErrorFrame = Extract<ServerFrame, { type: "error" }>;
export type TurnState = Extract<ServerFrame, { type: "turn" }>["state"];

/** Reads one frame. What is not a frame at all is null; an unknown `type` is the reducer's business. */
export function parseFrame(text: string): ServerFrame | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFrame = typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
    return isFrame ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
