// The frames of a conversation's socket, as the host's OpenAPI document describes them.
import type { components } from "../api/schema.gen";

type Schemas = components["schemas"];
/** Why a complete answer was cut. */
export type Cut = "length" | "filter" | "refusal";
/** Which limit is lower: the invitation's quota or the conversation's own cap on turns. */
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

/** Parses one frame. Returns null for anything else; the reducer handles unknown types. */
export function parseFrame(text: string): ServerFrame | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFrame = typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
    return isFrame ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
