// The shapes of the researchers' routes, under the names that the page uses.
import type { Schemas } from "../client";

export type Person = Schemas["NamedUser"];
export type Tag = Schemas["Tag"];
export type NewTag = Schemas["ChangedTag"];
export type TagList = Schemas["TagList"];
export type Note = Schemas["Note"];
export type Observer = Schemas["Observer"];
export type Desk = Schemas["Desk"];
export type LiveEntry = Schemas["LiveConversation"];
export type EndedEntry = Schemas["EndedConversation"];
export type WaitingEntry = Schemas["WaitingInvitation"];
export type Speaking = Schemas["TurnState"];
export type BulkAct = Omit<Schemas["InvitationSelection"], "ids">;
export type BulkAnswer = Schemas["BulkOutcome"];
