import { mostBoardFileBytes } from "#shared/board-file/board-file.ts";
import type { BoardFileProblem } from "#shared/board-file/parse-board-file.ts";
import { type MessageId, useLanguage } from "../../messages/language.tsx";
import page from "../Page.module.css";

export type FileProblem = BoardFileProblem | { readonly kind: "unreadable" };

const sentences: Readonly<Record<FileProblem["kind"], MessageId>> = {
  "too-large": "files.tooLarge",
  "not-a-board-file": "files.notABoard",
  "newer-version": "files.tooNew",
  malformed: "files.broken",
  unreadable: "files.unreadable",
};

/** Why a file was not opened, and what to do. Where it is broken is for whoever is asked for help. */
export function FileTrouble({ problem }: { readonly problem: FileProblem | undefined }) {
  const { say } = useLanguage();
  if (!problem) return null;
  const where = problem.kind === "malformed" ? problem.at : "";
  return (
    <p className={page.error} role="alert">
      {say(sentences[problem.kind], { most: mostBoardFileBytes / 1024 / 1024 })}
      {where !== "" && <> {say("files.brokenAt", { where: `\u2066${where}\u2069` })}</>}
    </p>
  );
}
