// `/research/…`: the researchers' pages. Their routes are apart from the others, so that participants don't load them.
import { Route, Routes } from "react-router";
import { lazyPage } from "../../shell/lazy-page";
import { NotFound } from "../../shell/NotFound";

const Desk = lazyPage(() => import("./desk/DeskPage"));
const Invitations = lazyPage(() => import("./InvitationsPage"));
const NewInvitation = lazyPage(() => import("./NewInvitationPage"));
const Invitation = lazyPage(() => import("./InvitationPage"));
const Codes = lazyPage(() => import("./CodesPage"));
const Conversation = lazyPage(() => import("./watch/WatchPage"));
const Tags = lazyPage(() => import("./notes/TagsPage"));

export default function Research() {
  return (
    <Routes>
      <Route index element={<Desk />} />
      <Route path="invitations" element={<Invitations />} />
      <Route path="invitations/new" element={<NewInvitation />} />
      <Route path="invitations/codes" element={<Codes />} />
      <Route path="invitations/:id" element={<Invitation />} />
      <Route path="invitations/:id/code" element={<Codes />} />
      <Route path="conversations/:id" element={<Conversation />} />
      <Route path="tags" element={<Tags />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
