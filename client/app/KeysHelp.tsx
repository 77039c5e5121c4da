import { mapKeys } from "../canvas/map-key-list.ts";
import { type MessageId, useLanguage } from "../messages/language.tsx";
import { planKeys } from "../plan/plan-keys.ts";
import { Dialog } from "../ui/Dialog.tsx";
import styles from "./KeysHelp.module.css";

const boardKeys: readonly { readonly keys: string; readonly messageId: MessageId }[] = [
  { keys: "L", messageId: "keys.list" },
  { keys: "P", messageId: "keys.plan" },
  { keys: "W", messageId: "keys.people" },
  { keys: "Ctrl + Z", messageId: "undo.undo" },
  { keys: "Ctrl + Shift + Z", messageId: "undo.redo" },
  { keys: "?", messageId: "keys.help" },
];

/** The keys that work on a board. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const { say } = useLanguage();
  const groups = [
    { title: say("keys.everywhere"), keys: boardKeys },
    { title: say("board.view.map"), keys: mapKeys },
    { title: say("board.view.plan"), keys: planKeys },
  ];
  return (
    <Dialog title={say("keys.title")} onClose={onClose}>
      {groups.map(({ title, keys }) => (
        <section key={title}>
          <h3 className={styles.title}>{title}</h3>
          <dl className={styles.keys}>
            {keys.map(({ keys: pressed, messageId }) => (
              <div key={messageId} className={styles.row}>
                <dt>
                  <kbd className={styles.key} dir="ltr">
                    {pressed}
                  </kbd>
                </dt>
                <dd>{say(messageId)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
