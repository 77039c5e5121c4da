import { useState } from "react";
import { directionOf, type Language, useLanguage } from "../../messages/language.tsx";
import type { NotTaken, NotTakenItem } from "../../session/not-taken.ts";
import { announce } from "../../ui/announcer.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { copyWords } from "./copy-words.ts";
import styles from "./NotTakenDialog.module.css";

interface NotTakenDialogProps {
  readonly notTaken: NotTaken;
  /** Puts the dialog away; the words stay on this device, and the line above the board leads back to them. */
  readonly onClose: () => void;
  /** The person needs them no more. */
  readonly onLetGo: () => void;
}

/** What was written here and is not on the board, in full, to be copied. */
export function NotTakenDialog({ notTaken, onClose, onLetGo }: NotTakenDialogProps) {
  const language = useLanguage();
  const { say, sayAny, moment } = language;
  const [copied, setCopied] = useState<"not-yet" | "copied" | "by-hand">("not-yet");
  const { items, unreadable, kind, at } = notTaken;
  const hasWords = items.some(({ texts }) => texts.length > 0);

  const copy = async () => {
    const done = await copyWords(wordsOf(items, language));
    setCopied(done ? "copied" : "by-hand");
    announce(say(done ? "notTaken.copied" : "notTaken.copyByHand"));
  };
  return (
    <Dialog
      title={say("notTaken.title")}
      onClose={onClose}
      wide
      actions={
        <>
          {hasWords && (
            <Button look="main" onClick={copy}>
              <Icon name={copied === "copied" ? "check" : "copy"} />
              {say(copied === "copied" ? "notTaken.copied" : "notTaken.copy")}
            </Button>
          )}
          <Button onClick={onLetGo}>{say("notTaken.letGo")}</Button>
        </>
      }
    >
      <p className={styles.lead}>{sayAny(`notTaken.why.${kind}`, "notTaken.why.malformed")}</p>
      <p>{say("notTaken.safe", { when: moment(at) })}</p>
      <ul className={styles.items}>
        {items.map((item) => (
          <Item key={item.id} item={item} />
        ))}
      </ul>
      {unreadable > 0 && <p>{say("notTaken.unreadable", { count: unreadable })}</p>}
      {copied === "by-hand" && <p className={styles.note}>{say("notTaken.copyByHand")}</p>}
    </Dialog>
  );
}

function Item({ item }: { readonly item: NotTakenItem }) {
  const language = useLanguage();
  const { say } = language;
  const { title, texts, change, elseChanged } = item;
  const dir = directionOf(item.language);
  const isTitleBelow = texts.some(({ text }) => text === title);
  return (
    <li className={styles.item}>
      <h3 className={styles.what}>
        {say(`notTaken.${item.of}`)}
        {title !== "" && !isTitleBelow && (
          <>
            {": "}
            <bdi lang={item.language}>{title}</bdi>
          </>
        )}
      </h3>
      <p className={styles.note}>{say(`notTaken.${change}`)}</p>
      {texts.map(({ field, text }) => (
        <div key={field}>
          <p className={styles.note}>{say(`notTaken.field.${field}`)}</p>
          <blockquote className={styles.words} lang={item.language} dir={dir}>
            {text}
          </blockquote>
        </div>
      ))}
      {elseChanged && <p className={styles.note}>{say("notTaken.else")}</p>}
    </li>
  );
}

/** As plain text, for wherever the person wants it. */
function wordsOf(items: readonly NotTakenItem[], { say }: Language): string {
  return items
    .filter(({ texts }) => texts.length > 0)
    .map((item) => {
      const lines = item.texts.map(({ field, text }) => `${say(`notTaken.field.${field}`)}: ${text}`);
      const isTitled = item.title !== "" && !item.texts.some(({ text }) => text === item.title);
      return [isTitled ? `${say(`notTaken.${item.of}`)}: ${item.title}` : say(`notTaken.${item.of}`), ...lines].join(
        "\n",
      );
    })
    .join("\n\n");
}
