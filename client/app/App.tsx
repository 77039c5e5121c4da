import { lazy, Suspense, useMemo, useState } from "react";
import { unreachable } from "#shared/assert.ts";
import type { BoardId } from "#shared/board/ids.ts";
import type { JoinBody } from "#shared/protocol/api.ts";
import { useLanguage } from "../messages/language.tsx";
import { Button } from "../ui/Button.tsx";
import { boardCodeNow, loadBoardCode } from "./board-code.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { JoinPage } from "./JoinPage.tsx";
import { navigate, useRoute } from "./navigation.ts";
import styles from "./Page.module.css";
import { Page } from "./Page.tsx";
import { WantedLanguageProvider } from "./WantedLanguage.tsx";

const LazyBoardRoute = lazy(() => loadBoardCode().then(({ BoardRoute }) => ({ default: BoardRoute })));
const HomePage = lazy(() => import("./staff/HomePage.tsx").then(({ HomePage }) => ({ default: HomePage })));
const StartPage = lazy(() => import("./StartPage.tsx").then(({ StartPage }) => ({ default: StartPage })));
const SetupPage = lazy(() => import("./staff/SetupPage.tsx").then(({ SetupPage }) => ({ default: SetupPage })));

export function App() {
  return (
    <ErrorBoundary>
      <WantedLanguageProvider>
        <Suspense fallback={null}>
          <Place />
        </Suspense>
      </WantedLanguageProvider>
    </ErrorBoundary>
  );
}

function Place() {
  const route = useRoute();
  switch (route.page) {
    case "start":
      return <StartPage />;
    case "setup":
      return <SetupPage token={route.token} />;
    case "home":
      return <HomePage />;
    case "join":
      return <JoinBySecret secret={route.secret} />;
    case "board":
      return <BoardPlace key={route.boardId} boardId={route.boardId} />;
    case "lost":
      return <LostPage />;
    default:
      return unreachable(route);
  }
}

/** Drawn at once when its code is here already: one that is waited for costs a frame of nothing first. */
function BoardPlace({ boardId }: { readonly boardId: BoardId }) {
  const [BoardRoute] = useState(() => boardCodeNow()?.BoardRoute ?? LazyBoardRoute);
  return <BoardRoute boardId={boardId} />;
}

/** A link that lost its secret on the way is wrong in the same way as one with a wrong letter in it. */
function JoinBySecret({ secret }: { readonly secret: string | undefined }) {
  const body = useMemo<JoinBody>(() => ({ secret: secret ?? "-" }), [secret]);
  return <JoinPage body={body} />;
}

function LostPage() {
  const { say } = useLanguage();
  return (
    <Page title={say("lost.title")}>
      <p className={styles.lead}>{say("lost.hint")}</p>
      <Button look="main" onClick={() => navigate("/", { replace: true })}>
        {say("app.toStart")}
      </Button>
    </Page>
  );
}
