import { lazy, Suspense, useEffect, useState } from "react";
import type { BoardId } from "#shared/board/ids.ts";
import type { HomeView, NewBoardBody, NewBoardReply } from "#shared/protocol/api.ts";
import { languageNames, languages, useLanguage } from "../../messages/language.tsx";
import { type CallError, call } from "../../session/api.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Select } from "../../ui/Select.tsx";
import { TextInput } from "../../ui/TextInput.tsx";
import { navigate } from "../navigation.ts";
import page from "../Page.module.css";
import { Page } from "../Page.tsx";
import { InvitationCard } from "../people/InvitationCard.tsx";
import { Trouble } from "../Trouble.tsx";
import styles from "./HomePage.module.css";

const OpenCopyDialog = lazy(() =>
  import("../files/OpenCopyDialog.tsx").then((file) => ({ default: file.OpenCopyDialog })),
);

/** Takes a signed-in worker onto a board of theirs, and there. Should it fail, the board's own screen says why. */
async function enterBoard(boardId: BoardId): Promise<void> {
  await call("POST", `/api/boards/${boardId}/enter`, {});
  navigate(`/b/${boardId}`);
}

/** A worker's boards, and a new one. */
export function HomePage() {
  const { say } = useLanguage();
  const [home, setHome] = useState<HomeView>();
  const [error, setError] = useState<CallError>();
  const [asked, setAsked] = useState<"new-board" | "open-copy">();

  useEffect(() => {
    let current = true;
    call<HomeView>("GET", "/api/home").then((reply) => {
      if (!current) return;
      if (reply.ok) setHome(reply.value);
      else if (reply.error.kind === "not-signed-in") navigate("/", { replace: true });
      else setError(reply.error);
    });
    return () => {
      current = false;
    };
  }, []);

  const signOut = async () => {
    const reply = await call("POST", "/api/sign-out", {});
    if (reply.ok) navigate("/", { replace: true });
    else setError(reply.error);
  };

  return (
    <Page
      title={say("home.title")}
      tools={
        home && (
          <Button look="quiet" onClick={signOut}>
            <Icon name="out" />
            {say("home.signOut")}
          </Button>
        )
      }
    >
      <Trouble error={error} />
      {!home && !error && <p role="status">{say("home.loading")}</p>}
      {home && (
        <>
          {home.boards.length === 0 ? (
            <section className={page.card}>
              <h2>{say("home.emptyTitle", { name: home.name })}</h2>
              <p>{say("home.emptyHint")}</p>
            </section>
          ) : (
            <ul className={styles.boards}>
              {home.boards.map((board) => (
                <li key={board.boardId}>
                  <a
                    className={styles.board}
                    href={`/b/${board.boardId}`}
                    onClick={(event) => {
                      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                      event.preventDefault();
                      enterBoard(board.boardId);
                    }}
                  >
                    <span className={styles.name} dir="auto">
                      {board.title}
                    </span>
                    <span className={styles.facts}>
                      {say(board.ownerJoined ? "home.joined" : "home.notJoined")} ·{" "}
                      {say("home.people", { count: board.people })}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          )}
          <div className={page.big}>
            <Button look="main" onClick={() => setAsked("new-board")}>
              <Icon name="plus" />
              {say("home.new")}
            </Button>
            <Button onClick={() => setAsked("open-copy")}>{say("files.open")}</Button>
          </div>
        </>
      )}
      {asked === "new-board" && <NewBoardDialog onClose={() => setAsked(undefined)} />}
      <Suspense fallback={null}>
        {asked === "open-copy" && <OpenCopyDialog onClose={() => setAsked(undefined)} onEnter={enterBoard} />}
      </Suspense>
    </Page>
  );
}

/** Asks for the client's own name, never a number; the board is called after it until the client renames it. */
function NewBoardDialog({ onClose }: { readonly onClose: () => void }) {
  const { say, tag } = useLanguage();
  const [name, setName] = useState("");
  const [language, setLanguage] = useState<string>(tag === "ar" ? "ar" : "en");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError>();
  const [made, setMade] = useState<NewBoardReply>();

  const make = async () => {
    setBusy(true);
    setError(undefined);
    const trimmed = name.trim();
    const body: NewBoardBody = { title: say("home.boardOf", { name: trimmed }), owner: { name: trimmed, language } };
    const reply = await call<NewBoardReply>("POST", "/api/boards", body);
    setBusy(false);
    if (reply.ok) setMade(reply.value);
    else setError(reply.error);
  };

  if (made) {
    return (
      <Dialog
        title={say("home.madeTitle", { name: name.trim() })}
        onClose={() => enterBoard(made.boardId)}
        wide
        actions={
          <Button look="main" onClick={() => enterBoard(made.boardId)}>
            {say("home.open")}
          </Button>
        }
      >
        <InvitationCard invitation={made.invitation} name={name.trim()} />
      </Dialog>
    );
  }
  return (
    <Dialog title={say("home.new")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <Trouble error={error} />
        <TextInput
          label={say("home.clientName")}
          hint={say("home.clientNameHint")}
          autoComplete="off"
          required
          maxLength={80}
          value={name}
          onChange={setName}
        />
        <Select
          label={say("home.clientLanguage")}
          value={language}
          options={languages.map((each) => ({ value: each, text: languageNames[each], lang: each }))}
          onChange={setLanguage}
        />
        <Button type="submit" look="main" disabled={busy || name.trim() === ""}>
          {say("home.make")}
        </Button>
      </form>
    </Dialog>
  );
}
