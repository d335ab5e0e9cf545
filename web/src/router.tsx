// Every URL of the page: its table of contents. Each page is a chunk of its own.
import { Suspense } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import { paths } from "./paths";
import { Keys } from "./shell/Keys";
import { lazyPage } from "./shell/lazy-page";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";
import { Skeleton } from "./ui/Skeleton";

const Home = lazyPage(() => import("./features/home/HomePage"));
const Login = lazyPage(() => import("./features/auth/LoginPage"));
const Invite = lazyPage(() => import("./features/invite/InvitePage"));
const Conversation = lazyPage(() => import("./features/conversation/ConversationPage"));
const Invitations = lazyPage(() => import("./features/research/InvitationsPage"));
const Invitation = lazyPage(() => import("./features/research/InvitationPage"));
const Account = lazyPage(() => import("./features/account/AccountPage"));
const Users = lazyPage(() => import("./features/admin/UsersPage"));
const User = lazyPage(() => import("./features/admin/UserPage"));
const Presets = lazyPage(() => import("./features/admin/PresetsPage"));
const Audit = lazyPage(() => import("./features/admin/AuditPage"));

export function Router() {
  return (
    <BrowserRouter>
      <Keys />
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path="/invite/:token" element={<Invite />} />
          <Route path="/conversation/:id" element={<Conversation />} />
          <Route element={<Shell />}>
            <Route path="/" element={<Home />} />
            <Route path="/login" element={<Login />} />
            <Route path="/research/invitations" element={<Invitations />} />
            <Route path="/research/invitations/:id" element={<Invitation />} />
            <Route path="/account" element={<Account />} />
            <Route path="/admin" element={<Navigate to={paths.users()} replace />} />
            <Route path="/admin/users" element={<Users />} />
            <Route path="/admin/users/:id" element={<User />} />
            <Route path="/admin/presets" element={<Presets />} />
            <Route path="/admin/audit" element={<Audit />} />
            <Route path="*" element={<NotFound />} />
          </Route>
        </Routes>
      </Suspense>
    </BrowserRouter>
  );
}

const Loading = () => (
  <main className="mx-auto w-full max-w-xl p-5">
    <Skeleton />
  </main>
);
