// All routes of the page. Each page is a separate chunk; the administration pages share one.
import { Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";
import { KeyboardShortcuts } from "./shell/KeyboardShortcuts";
import { lazyPage } from "./shell/lazy-page";
import { NotFound } from "./shell/NotFound";
import { PublicUrlGuard } from "./shell/PublicUrlGuard";
import { Shell } from "./shell/Shell";
import { Skeleton } from "./ui/Skeleton";

const Home = lazyPage(() => import("./features/home/HomePage"));
const Start = lazyPage(() => import("./features/home/StartPage"));
const Login = lazyPage(() => import("./features/auth/LoginPage"));
const Invite = lazyPage(() => import("./features/invite/InvitePage"));
const Conversation = lazyPage(() => import("./features/conversation/ConversationPage"));
const Invitations = lazyPage(() => import("./features/research/InvitationsPage"));
const NewInvitation = lazyPage(() => import("./features/research/NewInvitationPage"));
const Invitation = lazyPage(() => import("./features/research/InvitationPage"));
const Codes = lazyPage(() => import("./features/research/CodesPage"));
const Account = lazyPage(() => import("./features/account/AccountPage"));
const Administration = lazyPage(() => import("./features/admin/Administration"));

export function Router() {
  return (
    <BrowserRouter>
      <KeyboardShortcuts />
      <PublicUrlGuard>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/invite/:token" element={<Invite />} />
            <Route path="/conversation/:id" element={<Conversation />} />
            <Route element={<Shell />}>
              <Route path="/" element={<Home />} />
              <Route path="/start/:slug" element={<Start />} />
              <Route path="/login" element={<Login />} />
              <Route path="/research/invitations" element={<Invitations />} />
              <Route path="/research/invitations/new" element={<NewInvitation />} />
              <Route path="/research/invitations/codes" element={<Codes />} />
              <Route path="/research/invitations/:id" element={<Invitation />} />
              <Route path="/research/invitations/:id/code" element={<Codes />} />
              <Route path="/account" element={<Account />} />
              <Route path="/admin/*" element={<Administration />} />
              <Route path="*" element={<NotFound />} />
            </Route>
          </Routes>
        </Suspense>
      </PublicUrlGuard>
    </BrowserRouter>
  );
}

const Loading = () => (
  <main className="mx-auto w-full max-w-xl p-5">
    <Skeleton />
  </main>
);
