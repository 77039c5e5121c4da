import { languageNames, languages, useLanguage } from "../messages/language.tsx";
import { Icon } from "../ui/Icon.tsx";
import styles from "./LanguageSwitch.module.css";
import { useWantedLanguage } from "./WantedLanguage.tsx";

/** Changes the screens' language at once, without loading anything again. */
export function LanguageSwitch({ onPick }: { readonly onPick?: (tag: string) => void }) {
  const { say, tag } = useLanguage();
  const { pick } = useWantedLanguage();
  return (
    <label className={styles.switch}>
      <Icon name="globe" />
      <span className="visually-hidden">{say("app.language")}</span>
      <select
        className={styles.select}
        value={tag}
        onChange={(event) => {
          pick(event.target.value);
          onPick?.(event.target.value);
        }}
      >
        {tag === "en-XA" && <option value="en-XA">en-XA</option>}
        {languages.map((each) => (
          <option key={each} value={each} lang={each}>
            {languageNames[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
