import { useEffect, useRef, useState } from "react";
import type { InvitationView } from "#shared/protocol/api.ts";
import { useLanguage } from "../../messages/language.tsx";
import { announce } from "../../ui/announcer.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import styles from "./InvitationCard.module.css";

interface InvitationCardProps {
  readonly invitation: InvitationView;
  readonly name: string;
}

/** One invitation in the three ways in which it can be handed over: shown, said, sent. It is never shown again. */
export function InvitationCard({ invitation, name }: InvitationCardProps) {
  const { say, moment } = useLanguage();
  const [copied, setCopied] = useState<"not-yet" | "copied" | "by-hand">("not-yet");
  const link = useRef<HTMLParagraphElement>(null);
  const qr = useQrPath(invitation.url);

  const copy = async () => {
    const done = (await copyText(invitation.url)) || copySelected(link.current);
    setCopied(done ? "copied" : "by-hand");
    announce(say(done ? "invite.copied" : "invite.copyByHand"));
  };

  return (
    <div className={styles.card}>
      <p className={styles.lead}>{say("invite.hand", { name })}</p>
      <div className={styles.ways}>
        <figure className={styles.qr}>
          {qr ? (
            <svg viewBox={`-4 -4 ${qr.size + 8} ${qr.size + 8}`} role="img" aria-label={say("invite.qr", { name })}>
              <path d={qr.path} />
            </svg>
          ) : (
            <span className={styles.qrWaiting} />
          )}
          <figcaption>{say("invite.qrHint")}</figcaption>
        </figure>
        <div className={styles.code}>
          <h3>{say("invite.code")}</h3>
          {/* One letter each, so that a screen reader spells it. */}
          <p className={styles.letters} dir="ltr" role="img" aria-label={[...invitation.code].join(" ")}>
            {invitation.code}
          </p>
          <p className={styles.note}>
            {say("invite.codeUntil", { when: moment(Date.parse(invitation.codeExpiresAt)) })}
          </p>
        </div>
      </div>
      <h3>{say("invite.link")}</h3>
      <p ref={link} className={styles.link} dir="ltr">
        {invitation.url}
      </p>
      <Button onClick={copy}>
        <Icon name={copied === "copied" ? "check" : "copy"} />
        {say(copied === "copied" ? "invite.copied" : "invite.copy")}
      </Button>
      {copied === "by-hand" && <p className={styles.note}>{say("invite.copyByHand")}</p>}
      <p className={styles.note}>{say("invite.until", { when: moment(Date.parse(invitation.expiresAt)) })}</p>
    </div>
  );
}

/** Browsers withhold the clipboard from a page that came without TLS. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The older way, which also works there. What it leaves selected can be copied by hand. */
function copySelected(element: HTMLElement | null): boolean {
  if (!element) return false;
  getSelection()?.selectAllChildren(element);
  return document.execCommand("copy");
}

/** The link as a QR drawing; its maker is loaded when the first one is shown. */
function useQrPath(url: string): { readonly path: string; readonly size: number } | undefined {
  const [qr, setQr] = useState<{ readonly path: string; readonly size: number }>();
  useEffect(() => {
    let current = true;
    Promise.all([import("lean-qr"), import("lean-qr/extras/svg")]).then(([{ generate }, { toSvgPath }]) => {
      if (!current) return;
      const code = generate(url);
      setQr({ path: toSvgPath(code), size: code.size });
    });
    return () => {
      current = false;
    };
  }, [url]);
  return qr;
}
