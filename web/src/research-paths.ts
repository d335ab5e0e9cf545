// The URLs of the researchers' pages. Apart from the others, so that participants don't load them.
import { paths } from "./paths";

const invitation = (id: string) => `/research/invitations/${encodeURIComponent(id)}`;
const api = (id: string) => `/api/invitations/${encodeURIComponent(id)}`;
const withQuery = (path: string, query: URLSearchParams) => (query.size ? `${path}?${query}` : path);

export const researchPaths = {
  invitation,
  /** An invitation with one of its conversations being watched. */
  watch: (invitationId: string, conversationId: string) =>
    `${invitation(invitationId)}?watch=${encodeURIComponent(conversationId)}`,
  /** A conversation in full width: live while it goes on, to read once it has ended. */
  conversation: (id: string) => `/research/conversations/${encodeURIComponent(id)}`,
  /** The invitations that were created together with this one. */
  batch: (first: string) => `${paths.invitations()}?batch=${encodeURIComponent(first)}`,
  newInvitation: () => "/research/invitations/new",
  codes: (query: URLSearchParams) => withQuery("/research/invitations/codes", query),
  code: (id: string) => `${invitation(id)}/code`,
  tags: () => "/research/tags",
  /** A CSV file with the links of the listed invitations. */
  linksFile: (query: URLSearchParams) => withQuery("/api/invitations/links.csv", query),
  qr: (id: string, format: "svg" | "png") => `${api(id)}/qr.${format}`,
  observe(conversationId: string, after: string | undefined) {
    const url = new URL(`/ws/observe/${encodeURIComponent(conversationId)}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (after !== undefined) url.searchParams.set("after", after);
    return url.href;
  },
};
