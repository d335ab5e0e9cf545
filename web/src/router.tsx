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
const Research = lazyPage(() => import("./features/research/Research"));
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
              <Route path="/research/*" element={<Research />} />
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
