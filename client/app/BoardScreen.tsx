import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { LongWordsProvider } from "../board/LongWords.tsx";
import { useMe, useStatus } from "../board/use-people.ts";
import { useLanguage } from "../messages/language.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { BoardHeader } from "./BoardHeader.tsx";
import styles from "./BoardScreen.module.css";
import { BoardViews } from "./BoardViews.tsx";
import { BoardWaiting } from "./BoardWaiting.tsx";
import { ConnectionLine } from "./ConnectionLine.tsx";
import { loadTakeHome } from "./files/load-take-home.ts";
import { firstView, useRoom, type ViewName } from "./layout.ts";
import { NameStrip } from "./NameStrip.tsx";
import { RefusedPage } from "./RefusedPage.tsx";
import { loadStay } from "./stay/load-stay.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { LongWordsField } from "./views.ts";
import { useWantedLanguage } from "./WantedLanguage.tsx";

const InviteDialog = lazy(() => import("./people/InviteDialog.tsx").then((file) => ({ default: file.InviteDialog })));
const PeopleDialog = lazy(() => import("./people/PeopleDialog.tsx").then((file) => ({ default: file.PeopleDialog })));
const TakeHomeDialog = lazy(loadTakeHome);
const StayHere = lazy(loadStay);
const KeysHelp = lazy(() => import("./KeysHelp.tsx").then((file) => ({ default: file.KeysHelp })));

type OpenDialog = "invite" | "people" | "take-home" | "keys" | undefined;
const viewIcons: Readonly<Record<ViewName, IconName>> = { map: "map", list: "list", plan: "plan" };

/** A board on screen: who is here and what is saved above, map, list or plan below. */
export function BoardScreen() {
  const { say } = useLanguage();
  const status = useStatus();
  const me = useMe();
  const { suggest } = useWantedLanguage();
  const room = useRoom();
  const [view, setView] = useState<ViewName>(() => firstView(room));
  const [dialog, setDialog] = useState<OpenDialog>();
  const closeDialog = useCallback(() => setDialog(undefined), []);
  const openPlan = useCallback(() => setView("plan"), []);

  const language = me?.language;
  useEffect(() => {
    if (language) suggest(language);
  }, [language, suggest]);

  const isShown = status.status === "live" || status.status === "offline";
  // Before the frame is drawn, which would else be laid out with both.
  useLayoutEffect(() => {
    // The page came with a copy of the board to read until now.
    if (isShown) document.getElementById("page-copy")?.remove();
  }, [isShown]);

  useShortcuts(
    useCallback((shortcut) => {
      if (shortcut === "help") setDialog("keys");
      if (shortcut === "people") setDialog("people");
      if (shortcut === "toggle-list") setView((before) => (before === "list" ? "map" : "list"));
      if (shortcut === "plan") {
        setView((before) => (before === "plan" ? "map" : "plan"));
        document.getElementById("board-plan")?.focus();
      }
    }, []),
  );

  if (status.status === "refused") return <RefusedPage reason={status.reason} />;

  const tabs: readonly ViewName[] = room === "wide" ? ["map", "list"] : ["map", "list", "plan"];
  // With the plan beside it, the other half still shows the map or the list.
  const shownTab = room === "wide" && view === "plan" ? "map" : view;
  return (
    <div className={styles.screen}>
      <a className={styles.skip} href="#board-main">
        {say("board.skip")}
      </a>
      <BoardHeader
        onInvite={() => setDialog("invite")}
        onPeople={() => setDialog("people")}
        onTakeHome={() => setDialog("take-home")}
        onKeys={() => setDialog("keys")}
      />
      <ConnectionLine />
      {isShown && me && !me.named && <NameStrip me={me} />}
      <nav className={styles.tabs} aria-label={say("board.views")}>
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            className={styles.tab}
            aria-current={tab === shownTab ? "page" : undefined}
            onClick={() => setView(tab)}
          >
            <Icon name={viewIcons[tab]} />
            {say(`board.view.${tab}`)}
          </button>
        ))}
      </nav>
      <main id="board-main" className={styles.main} tabIndex={-1}>
        {isShown ? (
          <LongWordsProvider field={LongWordsField}>
            <BoardViews room={room} view={shownTab} onOpenPlan={openPlan} />
          </LongWordsProvider>
        ) : (
          <BoardWaiting unreachable={status.status === "unreachable"} />
        )}
      </main>
      <Suspense fallback={null}>
        {dialog === "invite" && <InviteDialog onClose={closeDialog} />}
        {dialog === "people" && (
          <PeopleDialog
            onClose={closeDialog}
            onInvite={() => setDialog("invite")}
            onTakeHome={() => setDialog("take-home")}
          />
        )}
        {dialog === "take-home" && isShown && <TakeHomeDialog onClose={closeDialog} />}
        {dialog === "keys" && <KeysHelp onClose={closeDialog} />}
      </Suspense>
      <Suspense fallback={null}>{isShown && <StayHere />}</Suspense>
    </div>
  );
}
